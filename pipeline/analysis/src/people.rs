//! People in one frame: a body and the head that belongs to it.
//!
//! Says what is on each head, or that nothing can be said. A helmet counts as worn only where a head belongs: at
//! the top of a body, so one in the hand or on a table is nobody's. A body without a visible head is `Unknown`,
//! never bare. Knows a single frame only; what lasts is for tracks and rules to find out.

use std::cmp::Ordering;

use anjian_domain::{Class, Detection, NormBox, Score};

use crate::assignment::best_pairs;

/// What a person wears on the head in one observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Headwear {
    /// A hard hat.
    Worn,
    /// Nothing.
    Bare,
    /// A cap, hood or scarf: no hard hat, so rules take it for bare.
    Other,
    /// The head is hidden, or the model contradicts itself.
    Unknown,
}

/// A head and what is on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Head {
    pub(crate) bounds: NormBox,
    pub(crate) score: Score,
    pub(crate) headwear: Headwear,
}

/// A person in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Person {
    /// The body from head to foot, as far as it is visible.
    pub(crate) bounds: NormBox,
    /// Of the body; of the head when the body is estimated.
    pub(crate) score: Score,
    /// Whether only the head was seen, and the body is a guess from it.
    pub(crate) is_estimated: bool,
    pub(crate) head: Option<Head>,
}

impl Person {
    pub(crate) fn headwear(&self) -> Headwear {
        self.head.map_or(Headwear::Unknown, |head| head.headwear)
    }
}

/// Boxes beyond so many of a kind are the model's noise; the surest are kept.
const MOST_BOXES: usize = 256;
/// A body is about so many heads high.
const BODY_HEIGHT_HEADS: f32 = 7.25;
/// And about so many wide.
const BODY_WIDTH_HEADS: f32 = 2.5;
/// The centre of a head lies in this upper part of the body...
const UPPER_PART: f32 = 0.25;
/// ...or, for people who sit, bend or are cut off, within so many heads of the top.
const UPPER_HEADS: f32 = 1.0;
/// Head height as a share of body height: smaller ones belong to people farther away, larger ones to nearer ones.
const HEAD_SHARE: std::ops::RangeInclusive<f32> = 0.06..=0.75;
/// In a crowd, a second head in this upper part of a body is a neighbour's...
const NEIGHBOUR_PART: f32 = 0.33;
/// ...if it is about as high as the first: so many times.
const ALIKE: std::ops::RangeInclusive<f32> = 0.6..=1.6;
/// Two boxes that share so much of the smaller one are one head.
const SAME_HEAD: f32 = 0.6;
/// Two opinions on one head whose scores are closer than this contradict each other.
const CONTRADICTION: f32 = 0.1;

/// A weaker head shows that somebody is there and where to look again, but not what is on it.
const SURE_HEAD: f32 = 0.5;

/// Everybody in the frame, in an order that does not depend on the order of `items`.
pub(crate) fn join(items: &[Detection]) -> Vec<Person> {
    let bodies = surest(items, |class| class == Class::Person);
    let heads = distinct_heads(items);
    let pairs = best_pairs(bodies.len(), heads.len(), |body, head| {
        belonging(bodies[body].bounds, heads[head].bounds)
    });
    let whole = bodies.iter().enumerate().map(|(index, body)| {
        let head = pairs.iter().find(|(row, _)| *row == index).map(|(_, column)| heads[*column]);
        Person { bounds: body.bounds, score: body.score, is_estimated: false, head }
    });
    let whole: Vec<Person> = whole.collect();
    let unpaired = heads.iter().enumerate().filter(|(index, _)| !pairs.iter().any(|pair| pair.1 == *index));
    let lone = unpaired.map(|(_, head)| head).filter(|head| !is_on_somebody(head, &whole));
    let estimated: Vec<Person> = lone.map(estimate_body).collect();
    whole.into_iter().chain(estimated).collect()
}

/// How well a head fits on a body, 0..1; `None` when it cannot be this body's.
fn belonging(body: NormBox, head: NormBox) -> Option<f32> {
    let is_beside = head.centre().x() < body.left() - 0.1 * body.width()
        || head.centre().x() > body.right() + 0.1 * body.width();
    let has_size = HEAD_SHARE.contains(&(head.height() / body.height())) && head.width() < 1.2 * body.width();
    let depth = head.centre().y() - body.top();
    let deepest = (UPPER_PART * body.height()).max(UPPER_HEADS * head.height());
    // The box of a body may miss the head on top of it.
    let is_on_top = (-0.75 * head.height()..=deepest).contains(&depth);
    if is_beside || !has_size || !is_on_top {
        return None;
    }
    let below_top_heads = (head.top() - body.top()).abs() / head.height();
    let aside_heads = (head.centre().x() - body.centre().x()).abs() / head.width();
    Some(1.0 / (1.0 + below_top_heads + 0.25 * aside_heads))
}

/// A helmet in the hand, a second opinion on somebody's head: it lies on a body and is not much too small for it. The
/// head of somebody in a crowd whose body the model missed lies on one too, but beside the head that belongs there.
fn is_on_somebody(head: &Head, people: &[Person]) -> bool {
    people.iter().any(|person| {
        let body = person.bounds;
        let covered = body.intersection_area(head.bounds) / head.bounds.area();
        let is_low = head.bounds.centre().y() > body.top() + UPPER_PART * body.height();
        // Hands reach out of the body's box, heads hardly do.
        let is_in_hand = head.headwear == Headwear::Worn && is_low && covered > 0.1;
        let has_size = head.bounds.height() / body.height() >= *HEAD_SHARE.start();
        has_size && (covered > 0.5 || is_in_hand) && !is_of_neighbour(head, person)
    })
}

/// Whether a head on a body is that of a neighbour: sure, as high and about as large as the head that belongs there.
fn is_of_neighbour(head: &Head, person: &Person) -> bool {
    let Some(own) = person.head else { return false };
    let ratio = head.bounds.height() / own.bounds.height();
    let depth = head.bounds.centre().y() - person.bounds.top();
    head.headwear != Headwear::Unknown
        && ALIKE.contains(&ratio)
        && depth <= NEIGHBOUR_PART * person.bounds.height()
        && own.bounds.intersection_area(head.bounds) == 0.0
}

/// The person to whom a head belongs whose body the model missed: small, cut off or in a crowd.
fn estimate_body(head: &Head) -> Person {
    let half_width = BODY_WIDTH_HEADS * head.bounds.width() / 2.0;
    let centre_x = head.bounds.centre().x();
    let bottom = head.bounds.top() + BODY_HEIGHT_HEADS * head.bounds.height();
    let body = NormBox::clipped(centre_x - half_width, head.bounds.top(), centre_x + half_width, bottom);
    Person { bounds: body.unwrap_or(head.bounds), score: head.score, is_estimated: true, head: Some(*head) }
}

/// One head for each place, the surest opinion first; `Unknown` where two opinions are equally sure.
fn distinct_heads(items: &[Detection]) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    for item in surest(items, |class| headwear_of(class).is_some()) {
        let Some(named) = headwear_of(item.class) else { continue };
        let headwear = if item.score.value() >= SURE_HEAD { named } else { Headwear::Unknown };
        let other = heads.iter_mut().find(|head| is_same_place(head.bounds, item.bounds));
        match other {
            Some(head) => {
                let is_close = head.score.value() - item.score.value() < CONTRADICTION;
                if is_close && is_hard_hat(head.headwear) != is_hard_hat(headwear) {
                    head.headwear = Headwear::Unknown;
                }
            }
            None => heads.push(Head { bounds: item.bounds, score: item.score, headwear }),
        }
    }
    heads
}

fn is_hard_hat(headwear: Headwear) -> bool {
    headwear == Headwear::Worn
}

fn is_same_place(a: NormBox, b: NormBox) -> bool {
    a.intersection_area(b) / a.area().min(b.area()) >= SAME_HEAD
}

const fn headwear_of(class: Class) -> Option<Headwear> {
    match class {
        Class::Head => Some(Headwear::Bare),
        Class::Helmet => Some(Headwear::Worn),
        Class::OtherHeadwear => Some(Headwear::Other),
        Class::Person | Class::Flame | Class::Smoke | Class::Arc | Class::Sparks => None,
    }
}

/// The surest detections of some classes, surest first, equals from left to right.
pub(crate) fn surest(items: &[Detection], is_wanted: impl Fn(Class) -> bool) -> Vec<Detection> {
    let mut wanted: Vec<_> = items.iter().filter(|item| is_wanted(item.class)).copied().collect();
    wanted.sort_by(surest_first);
    wanted.truncate(MOST_BOXES);
    wanted
}

fn surest_first(a: &Detection, b: &Detection) -> Ordering {
    let edges = |item: &Detection| <[f32; 4]>::from(item.bounds);
    let by_edges = || edges(a).iter().zip(edges(b)).map(|(a, b)| a.total_cmp(&b)).find(|order| order.is_ne());
    (b.score.value().total_cmp(&a.score.value()))
        .then(a.class.cmp(&b.class))
        .then_with(|| by_edges().unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(class: Class, score: f32, bounds: [f32; 4]) -> Detection {
        Detection { class, score: Score::new(score).unwrap(), bounds: bounds.try_into().unwrap() }
    }

    /// A standing body, 0.1 wide and 0.56 high; its head would be 0.08 high.
    const BODY: [f32; 4] = [0.4, 0.3, 0.5, 0.86];

    /// Each person's headwear, with `~` for an estimated body.
    #[track_caller]
    fn check(name: &str, items: &[Detection], expected: &[&str]) {
        for start in 0..items.len().max(1) {
            let rotated: Vec<_> = items.iter().cycle().skip(start).take(items.len()).copied().collect();
            let tell = |p: &Person| format!("{}{:?}", if p.is_estimated { "~" } else { "" }, p.headwear());
            let told: Vec<_> = join(&rotated).iter().map(tell).collect();
            assert_eq!(told, expected, "{name}");
        }
    }

    #[test]
    fn heads_belong_to_bodies() {
        use Class::{Head, Helmet, OtherHeadwear, Person};
        let body = seen(Person, 0.9, BODY);
        let on_top = [0.43, 0.3, 0.47, 0.38];
        let in_hand = [0.36, 0.55, 0.42, 0.63];
        let cases: [(&str, Vec<Detection>, &[&str]); 19] = [
            ("nobody", vec![], &[]),
            ("hidden head", vec![body], &["Unknown"]),
            ("bare", vec![body, seen(Head, 0.8, on_top)], &["Bare"]),
            ("worn", vec![body, seen(Helmet, 0.8, on_top)], &["Worn"]),
            ("cap", vec![body, seen(OtherHeadwear, 0.8, on_top)], &["Other"]),
            ("in the hand, head hidden", vec![body, seen(Helmet, 0.8, in_hand)], &["Unknown"]),
            ("in the hand", vec![body, seen(Head, 0.7, on_top), seen(Helmet, 0.9, in_hand)], &["Bare"]),
            ("before the belly", vec![body, seen(Helmet, 0.9, [0.43, 0.55, 0.47, 0.63])], &["Unknown"]),
            ("surer opinion", vec![body, seen(Head, 0.5, on_top), seen(Helmet, 0.8, on_top)], &["Worn"]),
            ("contradiction", vec![body, seen(Head, 0.75, on_top), seen(Helmet, 0.8, on_top)], &["Unknown"]),
            ("unsure head", vec![body, seen(Head, 0.3, on_top)], &["Unknown"]),
            ("above the body's box", vec![body, seen(Head, 0.8, [0.43, 0.22, 0.47, 0.3])], &["Bare"]),
            ("no body", vec![seen(Head, 0.8, on_top)], &["~Bare"]),
            ("far one behind", vec![body, seen(Head, 0.8, [0.44, 0.5, 0.45, 0.52])], &["Unknown", "~Bare"]),
            (
                "over the shoulder",
                vec![body, seen(Head, 0.8, on_top), seen(Helmet, 0.7, [0.46, 0.39, 0.5, 0.47])],
                &["Bare", "~Worn"],
            ),
            (
                "over the shoulder, unsure",
                vec![body, seen(Head, 0.8, on_top), seen(Helmet, 0.3, [0.46, 0.39, 0.5, 0.47])],
                &["Bare"],
            ),
            (
                "touching",
                vec![body, seen(Head, 0.8, on_top), seen(Helmet, 0.7, [0.46, 0.36, 0.5, 0.44])],
                &["Bare"],
            ),
            (
                "a badge",
                vec![body, seen(Head, 0.8, on_top), seen(Head, 0.7, [0.44, 0.42, 0.46, 0.46])],
                &["Bare"],
            ),
            (
                "two side by side",
                vec![
                    body,
                    seen(Person, 0.8, [0.46, 0.3, 0.56, 0.86]),
                    seen(Head, 0.8, on_top),
                    seen(Helmet, 0.7, [0.49, 0.3, 0.53, 0.38]),
                ],
                &["Bare", "Worn"],
            ),
        ];
        for (name, items, expected) in cases {
            check(name, &items, expected);
        }
    }

    #[test]
    fn heads_of_people_who_sit_or_are_cut_off() {
        for (name, body, head) in [
            ("cut off at the chest", [0.4, 0.5, 0.6, 0.8], [0.45, 0.5, 0.55, 0.65]),
            ("bending", [0.3, 0.5, 0.55, 0.8], [0.5, 0.51, 0.55, 0.6]),
        ] {
            check(name, &[seen(Class::Person, 0.9, body), seen(Class::Head, 0.8, head)], &["Bare"]);
        }
    }

    #[test]
    fn a_missed_body_is_estimated_inside_the_picture() {
        let people = join(&[seen(Class::Head, 0.8, [0.97, 0.6, 1.0, 0.7])]);
        let body = people[0].bounds;
        assert!(people[0].is_estimated && body.right() <= 1.0 && body.bottom() <= 1.0, "{body:?}");
        assert!((body.height() - 0.4).abs() < 1e-5 && body.left() < 0.96, "{body:?}");
    }
}
