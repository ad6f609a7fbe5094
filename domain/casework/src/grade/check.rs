//! The single demands on evidence, with their words.

use serde::{Deserialize, Serialize};

use crate::worded::worded;

worded! {
    /// One demand on evidence, in the order in which pages list them.
    pub enum Item {
        /// The camera has a review record with a number.
        ReviewNumber = "review_number", "设备审核编号", "Number of the review record";
        /// The record names who reviewed.
        Reviewer = "reviewer", "审核人", "Reviewer";
        /// The review came before the use.
        ReviewedBefore = "reviewed_before", "使用前已审核", "Reviewed before use";
        /// A sign stands at the camera.
        Sign = "sign", "设置明显标志", "Sign at the camera";
        /// The camera's place is published, with date and place of the publication.
        Published = "published", "设置地点已公布", "Place published";
        /// It was published long enough before the use.
        PublishedLongEnough = "published_long_enough", "公布时间已满", "Published long enough before use";
        /// The clock was right.
        Clock = "clock", "时间准确", "Clock within its limit";
        /// The clip is whole.
        ClipWhole = "clip_whole", "视频连续完整", "Clip without gaps";
        /// The person is large enough to be judged.
        PersonHeight = "person_height", "人员画面清晰", "Person large enough";
        /// No file was changed.
        Digests = "digests", "文件校验一致", "Files intact";
        /// An inspector confirmed it.
        Confirmed = "confirmed", "执法人员已确认", "Confirmed by an inspector";
        /// Two officers with certificates act.
        TwoOfficers = "two_officers", "两名持证执法人员", "Two officers with certificates";
    }
}

worded! {
    /// What was found of a demand.
    pub enum Finding {
        /// It is there.
        Present = "present", "具备", "Present";
        /// It is not there, or says too little.
        Missing = "missing", "缺少", "Missing";
        /// Nobody asks for it here.
        NotAsked = "not_asked", "不适用", "Not asked for";
    }
}

/// One demand and what was found of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The demand.
    pub item: Item,
    /// What was found.
    pub finding: Finding,
}
