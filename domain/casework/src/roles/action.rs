//! What somebody may ask for. Routes, buttons and tokens name these.

use crate::worded::worded;

worded! {
    /// What somebody may ask for. Reading is separate from proposing and from writing.
    pub enum Action {
        /// Lists, counts, details and live events of violations, without their pictures.
        SeeViolations = "see_violations", "查看违规", "See violations";
        /// Snapshots and thumbnails of violations.
        SeeEvidence = "see_evidence", "查看证据图片", "See evidence pictures";
        /// Clips of violations.
        PlayClips = "play_clips", "播放证据视频", "Play evidence clips";
        /// Evidence as a bundle that leaves the machine.
        ExportEvidence = "export_evidence", "导出证据包", "Export evidence bundles";
        /// Which minutes were recorded, analysed, blind or missing. No pictures.
        SeeCoverage = "see_coverage", "查看录像完整性", "See recordings and coverage";
        /// Recordings, stills and previews of any past time.
        PlayRecordings = "play_recordings", "回放录像", "Play recordings";
        /// Recordings as files.
        ExportRecordings = "export_recordings", "导出录像", "Export recordings";
        /// The picture of this moment, to aim a camera or draw a zone.
        SeeLivePicture = "see_live_picture", "查看实时画面", "See the live picture";
        /// Holds that keep recordings and evidence from expiring.
        HoldEvidence = "hold_evidence", "保全录像和证据", "Put and lift holds";
        /// Ended cases whose term is over, and what goes or went with them.
        SeeDisposals = "see_disposals", "查看处置清单", "See disposals";
        /// One of the two signatures under a disposal.
        SignDisposal = "sign_disposal", "签署处置意见", "Sign disposals";

        /// Confirm, dismiss, undo, judge anew.
        GiveVerdict = "give_verdict", "判定违规", "Give verdicts";
        /// The second signature under another officer's verdict.
        SignSecond = "sign_second", "复核签认", "Sign verdicts second";

        /// Cases with notices, pleas, rectifications and their history.
        SeeCases = "see_cases", "查看案件", "See cases";
        /// Pictures, videos and documents that a side sent to a case.
        SeeAttachments = "see_attachments", "查看案件附件", "See attachments";
        /// Send pictures, videos and documents to a case.
        SendAttachments = "send_attachments", "上传案件附件", "Send attachments";
        /// Make, change and withdraw drafts; withdraw cases.
        ManageCases = "manage_cases", "办理案件", "Manage cases";
        /// Sign drafts and issue notices.
        IssueNotices = "issue_notices", "签发文书", "Sign and issue notices";
        /// Record how and when a notice arrived, and stored consents.
        RecordService = "record_service", "登记送达", "Record service";
        /// Answer a plea with reasons.
        AnswerPleas = "answer_pleas", "答复陈述申辩", "Answer pleas";
        /// Return a rectification.
        ReviewRectifications = "review_rectifications", "审核整改", "Review rectifications";
        /// Accept a rectification by a re-check.
        Recheck = "recheck", "复查", "Re-check";
        /// Close cases and record that a bundle was handed over.
        CloseCases = "close_cases", "结案", "Hand over and close cases";
        /// Findings on site.
        SeeFindings = "see_findings", "查看现场检查发现", "See on-site findings";
        /// Findings by photo or short video on site.
        FindOnSite = "find_on_site", "登记现场检查发现", "Record on-site findings";
        /// Who must not act on which site.
        ManageRecusals = "manage_recusals", "登记回避", "Manage recusals";
        /// Say that a notice was read.
        Acknowledge = "acknowledge", "签收文书", "Acknowledge notices";
        /// State and plead on the facts.
        Plead = "plead", "陈述申辩", "Plead";
        /// Hand in what was done.
        Rectify = "rectify", "提交整改", "Hand in rectifications";
        /// Messages with their receivers and receipts.
        SeeDeliveries = "see_deliveries", "查看消息投递", "See deliveries";

        /// The record of an enterprise's site, with its risk.
        SeeSites = "see_sites", "查看企业档案", "See site records";
        /// Sites and their records.
        WriteSites = "write_sites", "维护企业档案", "Write site records";
        /// Cameras with their states.
        SeeCameras = "see_cameras", "查看摄像机", "See cameras";
        /// Cameras with their addresses.
        WriteCameras = "write_cameras", "维护摄像机", "Write cameras";
        /// Zones of cameras.
        SeeZones = "see_zones", "查看区域", "See zones";
        /// Zones of cameras.
        WriteZones = "write_zones", "维护区域", "Write zones";
        /// Rules of cameras.
        SeeRules = "see_rules", "查看规则", "See rules";
        /// Rules of cameras.
        WriteRules = "write_rules", "维护规则", "Write rules";
        /// Hot-work tickets.
        SeePermits = "see_permits", "查看动火作业票", "See permits";
        /// Hot-work tickets that hold once an operator accepted them.
        ProposePermits = "propose_permits", "申报动火作业票", "Propose permits";
        /// Hot-work tickets, and answers to proposed ones.
        WritePermits = "write_permits", "维护动火作业票", "Write permits";
        /// Galleries of approved garments.
        SeeGalleries = "see_galleries", "查看工装图库", "See galleries";
        /// Garments in galleries.
        WriteGalleries = "write_galleries", "维护工装图库", "Write galleries";
        /// Review records of cameras.
        SeeReviews = "see_reviews", "查看设备审核记录", "See review records";
        /// Review records of cameras, with the picture of the sign.
        WriteReviews = "write_reviews", "维护设备审核记录", "Write review records";

        /// Counts, precision of cameras, risk of sites.
        SeeStatistics = "see_statistics", "查看统计", "See statistics";
        /// Re-analysis jobs with their progress.
        SeeJobs = "see_jobs", "查看重新分析任务", "See re-analysis jobs";
        /// Start and stop re-analysis jobs.
        RunJobs = "run_jobs", "发起重新分析", "Run re-analysis jobs";
        /// What differs between two Runs.
        SeeDifferences = "see_differences", "查看分析差异", "See differences of Runs";

        /// Accounts with role and scope. An enterprise sees those of its own sites.
        SeeAccounts = "see_accounts", "查看账号", "See accounts";
        /// Accounts that exist once an administrator accepted them.
        ProposeAccounts = "propose_accounts", "申请账号", "Propose accounts";
        /// Accounts, roles, scopes, grants, one-time codes.
        WriteAccounts = "write_accounts", "管理账号", "Write accounts";
        /// Sessions of others.
        EndSessions = "end_sessions", "结束他人会话", "End sessions of others";
        /// Own password, second factor and sessions.
        ManageOwnAccount = "manage_own_account", "管理本人账号", "Manage the own account";
        /// Own tokens, which may do at most what their owner may.
        ManageOwnTokens = "manage_own_tokens", "管理本人令牌", "Manage own tokens";
        /// Tokens of services, without their secrets.
        SeeTokens = "see_tokens", "查看服务令牌", "See service tokens";
        /// Tokens of services.
        WriteTokens = "write_tokens", "管理服务令牌", "Write service tokens";

        /// Legal-basis cards in all versions.
        SeeLegalCards = "see_legal_cards", "查看法律依据卡", "See legal-basis cards";
        /// New versions of legal-basis cards.
        WriteLegalCards = "write_legal_cards", "维护法律依据卡", "Write legal-basis cards";
        /// Holidays, shifted working days, terms.
        SeeCalendar = "see_calendar", "查看工作日历", "See the calendar";
        /// Holidays, shifted working days, terms.
        WriteCalendar = "write_calendar", "维护工作日历", "Write the calendar";
        /// Channels of deliveries.
        WriteChannels = "write_channels", "维护通知渠道", "Write delivery channels";

        /// What the own account did.
        ReadOwnAudit = "read_own_audit", "查看本人操作记录", "Read the own audit entries";
        /// What everybody did.
        ReadAudit = "read_audit", "查看审计日志", "Read the audit";
        /// The audit as a file.
        ExportAudit = "export_audit", "导出审计日志", "Export the audit";
        /// Signed statements of the audit's newest link.
        TakeCheckpoints = "take_checkpoints", "下载审计检查点", "Take checkpoints";

        /// Health and figures of this installation.
        SeeHealth = "see_health", "查看运行状态", "See health and metrics";
        /// Room of disks and buckets, forecasts, holds.
        SeeStorage = "see_storage", "查看存储", "See storage and holds";
    }
}
