// 日期栏的中文文字。与 en-dates.ts 的结构相同。

import type { enDates } from './en-dates';

export const zhDates: typeof enDates = {
  locale: 'zh-CN',
  part: { year: '年', month: '月', day: '日', hour: '时', minute: '分', second: '秒' },
  blank: { year: '年', month: '月', day: '日', hour: '--', minute: '--', second: '--' },
  empty: '未填写',
  open: (label) => `选择日期：${label}`,
  previous: '上个月',
  next: '下个月',
  clear: '清除',
  tooEarly: (limit) => `不得早于 ${limit}`,
  tooLate: (limit) => `不得晚于 ${limit}`,
};
