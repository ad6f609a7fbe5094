// 附件的中文文字。与 en-attachments.ts 的结构相同。

import type { enAttachments } from './en-attachments';

export const zhAttachments: typeof enAttachments = {
  title: '附件',
  hint: '照片、短视频（MP4，不超过 50 MB）或 PDF（不超过 10 MB），最多 20 个。',
  takePhoto: '拍照',
  chooseFiles: '选择文件',
  preparing: '正在处理',
  sending: (percent) => `正在上传 ${percent} %`,
  sent: '已上传',
  failed: '未上传',
  remove: (name) => `移除 ${name}`,
  retry: '重试',
  retryOf: (name) => `重新上传 ${name}`,
  stillSending: '附件正在上传，请稍候再提交。',
  notSent: '有附件未上传，请重试或移除后再提交。',
  tooMany: '最多 20 个附件，其余未添加。',
  enlarge: (name) => `查看大图：${name}`,
  download: (name, size) => `下载 ${name}（${size}）`,
  pictureFailed: '图片无法加载',
  disposed: (when) => `原件已于 ${when} 处置`,
  refusal: {
    'too-large': '文件过大：视频不超过 50 MB，其他不超过 10 MB。请压缩或截取后重新选择。',
    'media-type': '不支持该类型的文件，或其内容与类型不符。请选择 JPEG、PNG、WebP 图片、MP4 视频或 PDF。',
    damaged: '文件已损坏，无法读取。请重新拍摄或另选文件。',
    'too-many-pixels': '图片尺寸过大（超过 4000 万像素）。请缩小后重新选择。',
    'too-many-attachments': '已上传但未使用的附件已满 20 个。请先提交，或 24 小时后再试。',
    'no-login': '附件须署名，而本服务器未启用登录。',
    'not-found': '没有该案件或企业，或您无权提交。',
    case: '案件已办结，不能再提交附件。',
    index: '服务器存储空间不足或暂不可用，请稍后重试。',
    unreachable: '无法连接服务器。恢复网络后自动重试。',
    lost: '服务器未能保存，请重试。',
    other: '服务器未接受该文件。',
  },
};
