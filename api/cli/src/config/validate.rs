//! What single values cannot tell: names that are used twice or do not exist, things that do not go together.

use std::collections::BTreeSet;
use std::fmt::Display;

use anjian_analysis::CameraAnalysis;
use anjian_domain::RunId;
use uuid::Uuid;

use super::permit::PermitConfig;
use super::recording::wrong_amount;
use super::{CameraConfig, Config};

/// Every problem as `key: reason`; empty when the configuration can be relied on.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let mut problems = vec![];
    problems.extend(config.server.problems());
    check_sites(config, &mut problems);
    problems.extend(config.store.problems());
    problems.extend(check_recording(config));
    problems.extend(config.evidence.problems());
    problems.extend(config.casework.rules().err().unwrap_or_default());
    let permits = check_permits(config);
    let are_permits_right = permits.is_empty();
    problems.extend(permits);
    report_twice("camera", config.cameras.iter().map(|camera| &camera.id), &mut problems);
    for (index, camera) in config.cameras.iter().enumerate() {
        let key = format!("camera[{index}]");
        check_site_of(&key, camera, config, &mut problems);
        check_streams(&key, camera, &mut problems);
        if are_permits_right {
            check_rules(&key, camera, config, &mut problems);
        }
    }
    problems
}

/// Paths that begin with `~`, before they are made relative to the file: a folder of that name would be made beside it.
pub(super) fn shell_paths(config: &Config) -> Vec<String> {
    let paths = [
        ("data_dir", Some(&config.data_dir)),
        ("galleries_dir", config.galleries_dir.as_ref()),
        ("recording.folder", config.recording.folder.as_ref()),
        ("model.catalogue", config.model.catalogue.as_ref()),
        ("model.onnxruntime", config.model.onnxruntime.as_ref()),
        ("server.tls_certificate", config.server.tls_certificate.as_ref()),
        ("server.tls_key", config.server.tls_key.as_ref()),
    ];
    let of_shell = paths.into_iter().filter_map(|(key, path)| Some((key, path?.to_str()?)));
    let of_shell = of_shell.filter(|(_, path)| path.starts_with('~'));
    of_shell
        .map(|(key, path)| {
            format!(
                "{key}: {path:?} begins with ~, which only a shell replaces: give the whole path, from / on"
            )
        })
        .collect()
}

fn check_sites(config: &Config, problems: &mut Vec<String>) {
    report_twice("site", config.sites.iter().map(|site| &site.id), problems);
    for (index, site) in config.sites.iter().enumerate() {
        if jiff::tz::TimeZone::get(&site.time_zone).is_err() {
            let zone = &site.time_zone;
            problems.push(format!(
                "site[{index}].time_zone: {zone:?} is not an IANA time zone such as \"Asia/Shanghai\""
            ));
        }
    }
}

fn check_site_of(key: &str, camera: &CameraConfig, config: &Config, problems: &mut Vec<String>) {
    match &camera.site {
        Some(id) if !config.sites.iter().any(|site| site.id == *id) => {
            problems.push(format!("{key}.site: there is no [[site]] with id \"{id}\""));
        }
        None if config.sites.len() > 1 => {
            problems.push(format!("{key}.site: there are several sites: say which one this camera watches"));
        }
        _ => {}
    }
}

fn check_streams(key: &str, camera: &CameraConfig, problems: &mut Vec<String>) {
    if camera.sub.is_some() && camera.main.is_none() {
        problems.push(format!("{key}.sub: a sub-stream needs the main stream beside it: set {key}.main"));
    }
}

/// Zones and rules, as analysis itself sees them. It would tell wrong permits a second time.
fn check_rules(key: &str, camera: &CameraConfig, config: &Config, problems: &mut Vec<String>) {
    let site = config.site_of(camera);
    // A time zone that does not exist is told where it stands.
    let Ok(time_zone) = jiff::tz::TimeZone::get(&site.time_zone) else { return };
    let plan = config.plan(camera, RunId(Uuid::nil()), time_zone, String::new());
    if let Err(error) = CameraAnalysis::new(plan) {
        problems.push(format!("{key}: {error}"));
    }
}

/// Every problem of permits as `key: reason`.
fn check_permits(config: &Config) -> Vec<String> {
    let wrong = |(index, permit): (usize, &PermitConfig)| {
        let (key, reason) = problem_of(permit, config)?;
        Some(format!("permit[{index}].{key}: {reason}"))
    };
    config.permits.iter().enumerate().filter_map(wrong).collect()
}

/// Key and reason of what is wrong.
fn problem_of(permit: &PermitConfig, config: &Config) -> Option<(&'static str, String)> {
    let Some(camera) = config.cameras.iter().find(|camera| camera.id == permit.camera) else {
        return Some(("camera", format!("there is no [[camera]] with id \"{}\"", permit.camera)));
    };
    if let Some(zone) = permit.zone.as_ref().filter(|id| camera.zones.iter().all(|zone| zone.id != **id)) {
        return Some(("zone", format!("camera \"{}\" has no zone \"{zone}\"", permit.camera)));
    }
    if permit.to <= permit.from {
        return Some(("to", format!("{} is not later than from, {}", permit.to, permit.from)));
    }
    permit.id.trim().is_empty().then(|| ("id", "must not be empty".to_owned()))
}

/// Every problem of `[recording]` and of the cameras' own limits as `key: reason`.
fn check_recording(config: &Config) -> Vec<String> {
    let mut problems = config.recording.problems();
    for (index, camera) in config.cameras.iter().enumerate() {
        for (key, value) in [("max_age_days", camera.max_age_days), ("max_gb", camera.max_gb)] {
            if let Some(reason) = value.and_then(wrong_amount) {
                problems.push(format!("camera[{index}].{key}: {reason}"));
            }
        }
    }
    problems
}

fn report_twice<T: Ord + Display>(list: &str, ids: impl Iterator<Item = T>, problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        let text = id.to_string();
        if !seen.insert(id) {
            problems.push(format!("{list}[{index}].id: \"{text}\" is used twice: every id must be unique"));
        }
    }
}
