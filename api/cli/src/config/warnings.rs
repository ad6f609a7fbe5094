//! What a configuration may say and hardly means. `anjian check` tells it; nothing is refused for it.

use std::collections::BTreeMap;

use super::Config;

impl Config {
    /// Every doubt as `key: reason and what to do`.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.server.doubts();
        warnings.extend(self.silent_cameras());
        warnings.extend(self.ids_alike());
        warnings.extend(self.permits_twice());
        warnings.extend(self.days_of_24_hours());
        warnings
    }

    fn silent_cameras(&self) -> impl Iterator<Item = String> {
        let silent = self.cameras.iter().enumerate().filter(|(_, camera)| camera.main.is_none());
        silent.map(|(index, camera)| {
            let id = &camera.id;
            format!(
                "camera[{index}].main: camera \"{id}\" has no source, so it is neither watched nor recorded: give its \
                 address, or leave it so for footage that `anjian analyze --camera {id}` is given"
            )
        })
    }

    fn ids_alike(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let mut warnings = Vec::new();
        for (index, camera) in self.cameras.iter().enumerate() {
            let id = camera.id.as_str();
            let other = *seen.entry(id.to_lowercase()).or_insert(id);
            // The same id is refused elsewhere.
            if other != id {
                warnings.push(format!(
                    "camera[{index}].id: \"{id}\" differs from \"{other}\" by case only: some disks put the recordings of \
                     both into one folder; give it another id"
                ));
            }
        }
        warnings
    }

    fn days_of_24_hours(&self) -> impl Iterator<Item = String> {
        let rules = self.cameras.iter().enumerate().flat_map(|(camera, config)| {
            config.rules.iter().enumerate().map(move |(rule, settings)| (camera, rule, settings))
        });
        rules.filter_map(|(camera, rule, settings)| {
            let at = settings.schedule.as_ref()?.same_begin_and_end()?.strftime("%H:%M");
            Some(format!(
                "camera[{camera}].rule[{rule}].schedule: from {at} to {at} is the 24 hours that begin then, not none: leave \
                 the schedule out if the rule always holds, or give two different times"
            ))
        })
    }

    fn permits_twice(&self) -> Vec<String> {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut warnings = Vec::new();
        for (index, permit) in self.permits.iter().enumerate() {
            let id = permit.id.trim();
            let first = *seen.entry(id).or_insert(index);
            if first != index {
                warnings.push(format!(
                    "permit[{index}].id: \"{id}\" is the id of permit[{first}] too: correct it, unless one ticket covers \
                     both"
                ));
            }
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SOURCE: &str = "main = \"rtsp://10.0.0.5/live\"\n";

    fn camera(id: &str, more: &str) -> String {
        format!("[[camera]]\nid = \"{id}\"\n{more}")
    }

    fn permit(id: &str, day: u8) -> String {
        format!(
            "[[permit]]\nid = \"{id}\"\ncamera = \"dock\"\nclass = \"1\"\nfrom = \"2026-03-0{day}T08:00:00Z\"\n\
             to = \"2026-03-0{day}T09:00:00Z\"\n"
        )
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = Config::from_text(text, Path::new("anjian.toml")).unwrap().warnings();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (warning, (place, reason)) in found.iter().zip(expected) {
            assert!(
                warning.starts_with(place) && warning.contains(reason),
                "{warning:?} is not of {place:?}"
            );
        }
    }

    #[test]
    fn doubts_are_told_with_their_key() {
        let dock = camera("dock", SOURCE);
        check("", &[]);
        check(&dock, &[]);
        check("[server]\nlisten = \"127.0.0.1:0\"", &[("server.listen:", "8760")]);
        let open = "[server]\nlisten = \"0.0.0.0:8760\"\nallow_plain_http_beyond_loopback = true\n";
        check(open, &[("server.hosts:", "0.0.0.0")]);
        check(&format!("{open}hosts = [\"anjian.plant.example\"]"), &[]);
        check(&camera("yard", ""), &[("camera[0].main:", "\"yard\" has no source")]);
        check(
            &(dock.clone() + &camera("Dock", SOURCE)),
            &[("camera[1].id:", "\"Dock\" differs from \"dock\"")],
        );
        check(&(dock.clone() + &camera("dock-2", SOURCE)), &[]);
        check(&(dock.clone() + &permit("DH-7", 2) + &permit("DH-8", 3)), &[]);
        check(
            &(dock + &permit("DH-7", 2) + &permit("DH-8", 3) + &permit(" DH-7", 4)),
            &[("permit[2].id:", "permit[0] too")],
        );
    }

    #[test]
    fn a_schedule_that_ends_when_it_begins_is_explained() {
        let rule = |from: &str, to: &str| {
            let schedule = format!("schedule = {{ from = {from}, to = {to} }}\n");
            camera("dock", &format!("{SOURCE}[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n{schedule}"))
        };
        check(&rule("\"08:00\"", "\"08:00\""), &[("camera[0].rule[0].schedule:", "24 hours")]);
        check(&rule("08:00:00", "08:00:00"), &[("camera[0].rule[0].schedule:", "from 08:00 to 08:00")]);
        check(&rule("\"00:00\"", "\"24:00\""), &[]);
        check(&rule("22:00:00", "06:00:00"), &[]);
    }

    #[test]
    fn the_commented_example_raises_no_doubt() {
        check(include_str!("../../../../anjian.toml"), &[]);
    }
}
