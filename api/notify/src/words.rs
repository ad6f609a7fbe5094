//! What messages say, in both languages, and how failures are worded.

use std::error::Error;

use anjian_casework::case::Step;
use anjian_casework::notification::Topic;
use anjian_domain::{BehaviourList, Words};
use anjian_indexer::{Language, News};

/// In the receiver's language.
pub(crate) const fn pick(words: Words, language: Language) -> &'static str {
    match language {
        Language::Chinese => words.zh,
        Language::English => words.en,
    }
}

/// What a behaviour is called; its name where nothing is known of it.
pub(crate) fn behaviour(behaviours: &BehaviourList, name: &str, language: Language) -> String {
    behaviours.get(name).map_or_else(|| name.to_owned(), |spec| pick(spec.title, language).to_owned())
}

/// What a topic is called. Reports and tests are no topics.
pub(crate) fn topic(name: &str, language: Language) -> String {
    name.parse::<Topic>().map_or_else(|_| name.to_owned(), |topic| pick(topic.words(), language).to_owned())
}

/// What happened to a case or a camera.
pub(crate) fn cause(news: &News, language: Language) -> String {
    if let Ok(step) = news.cause.parse::<Step>() {
        return pick(step.words(), language).to_owned();
    }
    let known = CAUSES.iter().find(|(name, _)| *name == news.cause);
    known.map_or_else(|| news.cause.clone(), |(_, words)| pick(*words, language).to_owned())
}

const CAUSES: &[(&str, Words)] = &[
    ("due_soon", Words::new("期限将至", "Due soon")),
    ("due", Words::new("今日到期", "Due today")),
    ("overdue", Words::new("已逾期", "Overdue")),
    ("unreachable", Words::new("无法连接", "Does not answer")),
    ("blind", Words::new("画面异常", "Sees nothing")),
    ("disk", Words::new("录像将提前被覆盖", "Recordings will expire early")),
];

/// An error with its causes: "error sending request" alone helps nobody.
pub(crate) fn failure(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_words = inner.to_string();
        if !words.contains(&inner_words) {
            words = format!("{words}: {inner_words}");
        }
        cause = inner.source();
    }
    words
}
