//! Configurations as people write them.

/// Whether a configuration is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Taken,
    Refused,
}

/// A configuration, and what is expected.
pub(super) struct ConfigCase {
    pub(super) what: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) verdict: Verdict,
    pub(super) says: &'static str,
}

fn taken(what: &'static str, text: impl Into<Vec<u8>>) -> ConfigCase {
    ConfigCase { what, bytes: text.into(), verdict: Verdict::Taken, says: "" }
}

fn told(what: &'static str, text: impl Into<Vec<u8>>, says: &'static str) -> ConfigCase {
    ConfigCase { says, ..taken(what, text) }
}

fn refused(what: &'static str, text: impl Into<Vec<u8>>, says: &'static str) -> ConfigCase {
    ConfigCase { verdict: Verdict::Refused, says, ..taken(what, text) }
}

const CAMERA: &str = "[[camera]]\nid = \"dock\"\nmain = \"rtsp://10.0.0.5/live\"\n";

fn camera(more: &str) -> String {
    format!("{CAMERA}{more}\n")
}

fn zone(points: &str) -> String {
    camera(&format!("[[camera.zone]]\nid = \"bund\"\npoints = {points}"))
}

fn rule(more: &str) -> String {
    camera(&format!("[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 3\n{more}"))
}

fn permit(from: &str, to: &str) -> String {
    let permit = "[[permit]]\nid = \"DH-7\"\ncamera = \"dock\"\nclass = \"1\"";
    format!("{CAMERA}{permit}\nfrom = {from}\nto = {to}\n")
}

fn utf16(text: &str, mark: [u8; 2]) -> Vec<u8> {
    let is_little = mark == [0xff, 0xfe];
    let bytes =
        text.encode_utf16().flat_map(|unit| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() });
    mark.into_iter().chain(bytes).collect()
}

pub(super) fn cases() -> Vec<ConfigCase> {
    [encodings(), times(), numbers(), shapes(), addresses()].into_iter().flatten().collect()
}

fn encodings() -> Vec<ConfigCase> {
    let gbk = [CAMERA.as_bytes(), b"name = \"\xb6\xab\xc3\xc5\"\n"].concat();
    let marked = ["\u{feff}", CAMERA].concat();
    vec![
        taken("UTF-8", camera("name = \"东门\"")),
        taken("UTF-8 with a mark in front", marked),
        taken("lines that end as Windows has them", CAMERA.replace('\n', "\r\n")),
        refused("GBK", gbk, "记事本: 另存为, 编码 UTF-8"),
        refused("UTF-16, little end first", utf16(CAMERA, [0xff, 0xfe]), "UTF-16"),
        refused("UTF-16, big end first", utf16(CAMERA, [0xfe, 0xff]), "UTF-16"),
        refused("UTF-16 without a mark", utf16(CAMERA, [0xff, 0xfe])[2..].to_vec(), "UTF-16"),
        refused("quotation marks of a word processor", CAMERA.replace('"', "”"), "a.toml:2:"),
    ]
}

fn times() -> Vec<ConfigCase> {
    let quoted = ["\"2026-03-02T08:00:00+08:00\"", "\"2026-03-02T16:00:00+08:00\""];
    vec![
        taken("a permit with quoted times", permit(quoted[0], quoted[1])),
        taken(
            "a permit with TOML's own times",
            permit("2026-03-02T08:00:00+08:00", "2026-03-02T16:00:00+08:00"),
        ),
        taken("small t and z", permit("\"2026-03-02t00:00:00z\"", quoted[1])),
        taken("a leap second", permit("\"2016-12-31T23:59:60Z\"", quoted[1])),
        taken("a blank between date and time", permit("2026-03-02 08:00:00+08:00", quoted[1])),
        refused("a time without offset", permit("\"2026-03-02T08:00:00\"", quoted[1]), "offset from UTC"),
        refused("TOML's time without offset", permit("2026-03-02T08:00:00", quoted[1]), "offset from UTC"),
        refused("a date alone", permit("2026-03-02", quoted[1]), "offset from UTC"),
        refused(
            "a permit that ends before it begins",
            permit(quoted[1], quoted[0]),
            "is not later than from",
        ),
        taken("a schedule with quoted times", rule("schedule = { from = \"22:00\", to = \"06:00\" }")),
        taken("a schedule with TOML's own times", rule("schedule = { from = 22:00:00, to = 06:00:00 }")),
        told(
            "a schedule from 08:00 to 08:00",
            rule("schedule = { from = \"08:00\", to = \"08:00\" }"),
            "is the 24 hours that begin then, not none",
        ),
        taken("a schedule of a whole day", rule("schedule = { from = \"00:00\", to = \"24:00\" }")),
        refused(
            "a schedule at 25 o'clock",
            rule("schedule = { from = \"25:00\", to = \"06:00\" }"),
            "is not a time",
        ),
        refused(
            "a schedule at 8 o'clock, short",
            rule("schedule = { from = \"8\", to = \"06:00\" }"),
            "hours and minutes such as",
        ),
        refused(
            "a schedule without days",
            rule("schedule = { days = [], from = \"08:00\", to = \"09:00\" }"),
            "`days` is empty",
        ),
        refused(
            "a day in Chinese",
            rule("schedule = { days = [\"周一\"], from = \"08:00\", to = \"09:00\" }"),
            "use mon, tue",
        ),
    ]
}

fn numbers() -> Vec<ConfigCase> {
    vec![
        refused(
            "fewer workers than none",
            "[model]\nworkers = -1\n",
            "-1 is out of range: give a whole number of 0 or more",
        ),
        refused(
            "a number with too many digits",
            "[model]\nworkers = 99999999999999999999\n",
            "too many digits",
        ),
        refused("half a worker", "[model]\nworkers = 1.5\n", "give a whole number"),
        refused(
            "a text for a number",
            "[recording]\nsegment_s = \"long\"\n",
            "\"long\" is a text: give a whole number",
        ),
        refused("a number for yes or no", camera("record = 1"), "give true or false"),
        refused("a text for yes or no", camera("record = \"yes\""), "give true or false"),
        refused("no frames a second", camera("analysis_fps = 0"), "give 0.1 to 60"),
        refused("a thousand frames a second", camera("analysis_fps = 1000"), "give 0.1 to 60"),
        refused("infinitely many frames a second", camera("analysis_fps = inf"), "give 0.1 to 60"),
        refused("a segment of a second", "[recording]\nsegment_s = 1\n", "5 to 600 s"),
        refused(
            "fewer persons than none",
            camera("[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = -1"),
            "must lie between 0 and",
        ),
        refused(
            "more persons than there are",
            camera("[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 5000000000"),
            "must lie between 0 and",
        ),
        refused(
            "a score of 50",
            camera("[[camera.rule]]\nbehaviour = \"no_hard_hat\"\nmin_observations = -2"),
            "a.toml:",
        ),
        refused("an age of a day less than none", "[recording]\nmax_age_days = -1\n", "no limit"),
    ]
}

fn shapes() -> Vec<ConfigCase> {
    vec![
        taken("a zone of three points", zone("[[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]")),
        refused(
            "points of three numbers",
            zone("[[0.1, 0.1, 0.5], [0.9, 0.1], [0.5, 0.9]]"),
            "a point is [x, y], this one has 3 numbers",
        ),
        refused(
            "points of one number",
            zone("[[0.1], [0.9, 0.1], [0.5, 0.9]]"),
            "a point is [x, y], this one has 1 numbers",
        ),
        refused("points in pixels", zone("[[0, 0], [640, 0], [640, 480]]"), "outside 0..1"),
        refused("a zone of two points", zone("[[0.1, 0.1], [0.9, 0.1]]"), "at least 3 points"),
        refused("a zone whose sides cross", zone("[[0, 0], [1, 1], [1, 0], [0, 1]]"), "cross each other"),
        refused("a zone that is a line", zone("[[0, 0], [0.5, 0.5], [1, 1]]"), "lie on one line"),
        refused(
            "a tile of five numbers",
            camera("tiles = [[0.2, 0.2, 0.6, 0.6, 1]]"),
            "this one has 5 numbers",
        ),
        refused("a tile outside the picture", camera("tiles = [[0.2, 0.2, 1.2, 0.6]]"), "outside 0..1"),
    ]
}

fn addresses() -> Vec<ConfigCase> {
    let listen = |text: &str| format!("[server]\nlisten = {text}\n");
    vec![
        taken("listening on localhost", listen("\"localhost:8760\"")),
        taken("listening on 127.0.0.1", listen("\"127.0.0.1:8760\"")),
        taken("listening on IPv6", listen("\"[::1]:8760\"")),
        refused("a port alone", listen("8760"), "127.0.0.1:8760"),
        refused("a port that cannot be", listen("\"127.0.0.1:87600\""), "127.0.0.1:8760"),
        refused("an address without a port", listen("\"localhost\""), "127.0.0.1:8760"),
        refused("listening for everyone", listen("\"0.0.0.0:8760\""), "loopback"),
        refused("a misspelt key", camera("analisis_fps = 5"), "analisis_fps"),
        refused("an id with a blank", "[[camera]]\nid = \"a b\"\n", "is not an id"),
        refused("an id twice", [CAMERA, CAMERA].concat(), "is used twice"),
        refused("a rule of a zone that is not there", rule("zone = \"bund\""), "`bund`"),
        refused(
            "a zone of time that is not there",
            "[[site]]\nid=\"a\"\nname=\"A\"\ntime_zone=\"Beijing\"\n",
            "Asia/Shanghai",
        ),
        refused(
            "an address of a page",
            "[[camera]]\nid = \"dock\"\nmain = \"http://10.0.0.5/\"\n",
            "a.toml:3:",
        ),
        refused("the same key twice", camera("record = true\nrecord = false"), "a.toml:"),
    ]
}
