//! A message, composed once for all channels: subject, text, HTML and JSON.

use std::fmt::Write;

use anjian_domain::{BehaviourList, WallTime};
use anjian_indexer::{Language, News, Parcel};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::report::Figures;
use crate::words;

/// What leaves.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// The receiver can tell by it what came twice.
    pub(crate) id: Uuid,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) json: Value,
    /// JPEG, derived: heads of others are blurred.
    pub(crate) picture: Option<Vec<u8>>,
}

/// What messages need to know of the installation.
#[derive(Clone)]
pub(crate) struct Composer<'c> {
    pub(crate) behaviours: &'c BehaviourList,
    /// Where browsers reach the page; links lead there.
    pub(crate) page: &'c Url,
}

/// A line of a message.
struct Line {
    /// When, as the site's clock shows it.
    at: String,
    what: String,
    place: String,
    link: Url,
}

impl Composer<'_> {
    /// What happened.
    pub(crate) fn news(&self, parcel: &Parcel, news: &[News], more: u32, picture: Option<Vec<u8>>) -> Message {
        let language = parcel.subscription.settings.language;
        let lines: Vec<_> = news.iter().map(|one| self.line(one, language)).collect();
        let first = &lines[0];
        let count = lines.len() + more as usize;
        let subject = match language {
            Language::Chinese if count > 1 => format!("[安监] {}等 {count} 条：{}", first.place, first.what),
            Language::Chinese => format!("[安监] {}：{}", first.place, first.what),
            Language::English if count > 1 => format!("[Anjian] {}: {} and {} more", first.place, first.what, count - 1),
            Language::English => format!("[Anjian] {}: {}", first.place, first.what),
        };
        let json = json!({
            "id": parcel.id,
            "type": news[0].topic,
            "timestamp": parcel.made_at,
            "items": news.iter().zip(&lines).map(|(news, line)| item(news, &line.link)).collect::<Vec<_>>(),
            "more": more,
        });
        let (text, html) = self.bodies(&subject, &lines, more, picture.is_some(), language);
        Message { id: parcel.id, subject, text, html, json, picture }
    }

    /// A person asked whether messages arrive.
    pub(crate) fn test(&self, parcel: &Parcel) -> Message {
        let language = parcel.subscription.settings.language;
        let (subject, text) = match language {
            Language::Chinese => ("[安监] 测试消息", "这是一条测试消息。收到即表示通知可以送到这里。"),
            Language::English => ("[Anjian] Test message", "This is a test message. Messages arrive here."),
        };
        let json = json!({ "id": parcel.id, "type": "test", "timestamp": parcel.made_at, "items": [], "more": 0 });
        let html = page(subject, &format!("<p>{}</p>", escaped(text)), language);
        Message { id: parcel.id, subject: subject.to_owned(), text: format!("{text}\n"), html, json, picture: None }
    }

    /// What a period was like.
    pub(crate) fn report(&self, parcel: &Parcel, figures: &Figures) -> Message {
        let language = parcel.subscription.settings.language;
        let zone = TimeZone::get(&parcel.time_zone).unwrap_or(TimeZone::UTC);
        let day = |at: WallTime| at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let period = format!("{} – {}", day(figures.from), day(figures.to));
        let subject = match language {
            Language::Chinese => format!("[安监] 报告 {period}：{} 条违规", figures.violations),
            Language::English => format!("[Anjian] Report {period}: {} violations", figures.violations),
        };
        let tables = report_tables(figures, |name| words::behaviour(self.behaviours, name, language), language);
        let (mut text, mut html) = (format!("{period}\n\n"), format!("<h3>{}</h3>", escaped(&period)));
        for (title, rows) in &tables {
            let _ = writeln!(text, "{title}");
            let _ = write!(html, "<h4>{}</h4><table style=\"border-collapse:collapse\">", escaped(title));
            for (name, value) in rows {
                let _ = writeln!(text, "  {name}: {value}");
                let _ = write!(
                    html,
                    "<tr><td style=\"padding:2px 16px 2px 0\">{}</td><td style=\"text-align:right\">{}</td></tr>",
                    escaped(name), escaped(value),
                );
            }
            text.push('\n');
            html.push_str("</table>");
        }
        let json = json!({ "id": parcel.id, "type": "report", "timestamp": parcel.made_at, "report": figures });
        let html = page(&subject, &html, language);
        Message { id: parcel.id, subject, text, html, json, picture: None }
    }

    fn line(&self, news: &News, language: Language) -> Line {
        let topic = words::topic(&news.topic, language);
        let what = match (&news.violation, &news.case) {
            (Some(violation), _) => {
                format!("{topic} · {}", words::behaviour(self.behaviours, violation.behaviour.as_str(), language))
            }
            (None, Some(case)) => {
                let due = case.due.map(|due| match language {
                    Language::Chinese => format!("，期限 {due}"),
                    Language::English => format!(", due {due}"),
                });
                format!("{topic} · {}{}", words::cause(news, language), due.unwrap_or_default())
            }
            (None, None) => format!("{topic} · {}", words::cause(news, language)),
        };
        let place = [news.site.as_str(), news.camera.as_str()].into_iter().filter(|name| !name.is_empty());
        let place = place.collect::<Vec<_>>().join(" · ");
        Line { at: local(news.at, &news.time_zone), what, place, link: self.link(news) }
    }

    /// Where the page shows it, behind the login.
    fn link(&self, news: &News) -> Url {
        let mut link = self.page.clone();
        match (&news.violation, &news.case) {
            (Some(violation), _) => link.set_query(Some(&format!("violation={}", violation.id))),
            (None, Some(case)) => link.set_query(Some(&format!("view=cases&case={}", case.id))),
            (None, None) => link.set_query(Some("view=cameras")),
        }
        link
    }

    /// The same as text and as HTML.
    fn bodies(
        &self,
        subject: &str,
        lines: &[Line],
        more: u32,
        has_picture: bool,
        language: Language,
    ) -> (String, String) {
        let (mut text, mut html) = (String::new(), String::new());
        for Line { at, what, place, link } in lines {
            let _ = write!(text, "{at}  {place}\n{what}\n{link}\n\n");
            let _ = write!(
                html,
                "<tr><td style=\"padding:6px 12px 6px 0;white-space:nowrap;color:#555\">{}</td>\
                 <td style=\"padding:6px 0\"><a href=\"{}\">{}</a><br><span style=\"color:#555\">{}</span></td></tr>",
                escaped(at), escaped(link.as_str()), escaped(what), escaped(place),
            );
        }
        let mut html = format!("<table style=\"border-collapse:collapse\">{html}</table>");
        if more > 0 {
            let words = match language {
                Language::Chinese => format!("另有 {more} 条，请登录查看。"),
                Language::English => format!("{more} more: sign in to see them."),
            };
            let _ = writeln!(text, "{words}");
            let _ = write!(html, "<p>{words}</p>");
        }
        if has_picture {
            let words = match language {
                Language::Chinese => "派生图片：无关人员头部已打码。原图请登录查看。",
                Language::English => "Derived picture: heads of others are blurred. Sign in to see the original.",
            };
            let _ = write!(
                html,
                "<p><img src=\"cid:snapshot\" alt=\"\" style=\"max-width:100%\"><br><small>{words}</small></p>"
            );
        }
        let footer = match language {
            Language::Chinese => "本邮件由安监系统自动发出，不作为法律文书送达。",
            Language::English => "Sent by Anjian. A message is not legal service.",
        };
        let _ = writeln!(text, "-- \n{footer}");
        let _ = write!(html, "<p style=\"color:#777\"><small>{footer}</small></p>");
        (text, page(subject, &html, language))
    }
}

/// The parts of a report, each with its lines.
fn report_tables(
    figures: &Figures,
    behaviour: impl Fn(&str) -> String,
    language: Language,
) -> Vec<(String, Vec<(String, String)>)> {
    let say = |zh: &str, en: &str| match language {
        Language::Chinese => zh.to_owned(),
        Language::English => en.to_owned(),
    };
    let count = |zh: &str, en: &str, value: u64| (say(zh, en), value.to_string());
    let all = vec![
        count("违规", "Violations", figures.violations),
        count("上一时段", "In the period before", figures.before),
        count("已确认", "Confirmed", figures.confirmed),
        count("已排除", "Dismissed", figures.dismissed),
        count("未结案件", "Open cases", figures.open_cases),
        count("逾期案件", "Overdue cases", figures.overdue_cases),
    ];
    let behaviours = figures.behaviours.iter().map(|one| (behaviour(&one.name), one.violations.to_string()));
    let cameras = figures.cameras.iter().map(|camera| {
        let recorded = camera.recorded * 100.0;
        let words = match language {
            Language::Chinese => {
                format!("{} 条，录像 {recorded:.1}%，画面异常 {} 分钟", camera.violations, camera.blind_min)
            }
            Language::English => {
                format!("{} violations, {recorded:.1}% recorded, blind {} min", camera.violations, camera.blind_min)
            }
        };
        (camera.name.clone(), words)
    });
    let parts = [
        (say("总览", "Overview"), all),
        (say("按行为", "By behaviour"), behaviours.collect()),
        (say("摄像机", "Cameras"), cameras.collect()),
    ];
    parts.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
}

/// One event for programs.
fn item(news: &News, link: &Url) -> Value {
    let violation = news.violation.as_ref().map(|violation| {
        json!({
            "id": violation.id, "site": violation.site, "camera": violation.camera, "zone": violation.zone,
            "behaviour": violation.behaviour, "status": violation.status, "verdict": violation.verdict,
            "score": violation.score, "opened_at": violation.opened_at, "closed_at": violation.closed_at,
        })
    });
    let case = news.case.as_ref().map(|case| {
        json!({ "id": case.id, "site": case.site, "stage": case.stage, "outcome": case.outcome, "due": case.due })
    });
    json!({
        "topic": news.topic, "cause": news.cause, "at": news.at, "site": news.site, "camera": news.camera,
        "violation": violation, "case": case, "link": link,
    })
}

fn local(at: WallTime, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.timestamp().to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn page(title: &str, body: &str, language: Language) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"font-family:system-ui,'Noto Sans SC','Microsoft YaHei',sans-serif;line-height:1.5;color:#222\">{body}</body></html>",
        language.as_str(),
        escaped(title),
    )
}

/// Names and words of people cannot become markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
