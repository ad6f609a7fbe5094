//! YOLO labels: which pictures a folder has, and what is to be found in them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anjian_domain::{Class, NormBox};

use crate::ModelError;

/// A box that somebody drew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Label {
    pub(super) class: Class,
    pub(super) bounds: NormBox,
}

/// What a label file says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Labels {
    pub(super) boxes: Vec<Label>,
    /// Boxes whose number has no name.
    pub(super) left_out: usize,
}

/// Reads `0=head,1=helmet`: what the numbers in label files mean.
///
/// # Errors
/// When a part is not a number and a class, a number stands twice, or there is none.
pub fn parse_names(text: &str) -> Result<Vec<(u32, Class)>, ModelError> {
    let wrong =
        |problem: String| ModelError::Evaluation(format!("names {text:?}: {problem}; write 0=head,1=helmet"));
    let mut names: Vec<(u32, Class)> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let Some((number, class)) = part.split_once('=') else {
            return Err(wrong(format!("{part:?} has no =")));
        };
        let number = number.trim().parse().map_err(|_| wrong(format!("{number:?} is no number")))?;
        let class =
            class.trim().parse().map_err(|error: anjian_domain::UnknownClass| wrong(error.to_string()))?;
        if names.iter().any(|(other, _)| *other == number) {
            return Err(wrong(format!("{number} stands twice")));
        }
        names.push((number, class));
    }
    Ok(names)
}

/// The pictures of a folder (not of those in it), by name.
pub(super) fn pictures(folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let failed = |source| ModelError::File { verb: "read", path: folder.to_path_buf(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if is_picture(&path) {
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(ModelError::Evaluation(format!(
            "{} has no JPEG, PNG or WebP pictures",
            folder.display()
        )));
    }
    found.sort_unstable();
    Ok(found)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["jpg", "jpeg", "png", "webp"].iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// The labels of a picture; `None` when it has no label file.
pub(super) fn labels_of(
    picture: &Path,
    folder: &Path,
    names: &[(u32, Class)],
) -> Result<Option<Labels>, ModelError> {
    let mut path = folder.join(picture.file_stem().unwrap_or_default());
    path.as_mut_os_string().push(".txt");
    match fs::read_to_string(&path) {
        Ok(text) => parse_labels(&text, &path, names).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ModelError::File { verb: "read", path, source }),
    }
}

fn parse_labels(text: &str, path: &Path, names: &[(u32, Class)]) -> Result<Labels, ModelError> {
    let mut labels = Labels::default();
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() {
            continue;
        }
        let (number, bounds) = parse_line(content).map_err(|problem| ModelError::Label {
            path: path.to_path_buf(),
            line,
            problem,
        })?;
        match names.iter().find(|(named, _)| *named == number) {
            Some((_, class)) => labels.boxes.push(Label { class: *class, bounds }),
            None => labels.left_out += 1,
        }
    }
    Ok(labels)
}

fn parse_line(content: &str) -> Result<(u32, NormBox), String> {
    let fields: Vec<_> = content.split_whitespace().collect();
    let [number, place @ ..] = fields.as_slice() else { return Err("it is empty".to_owned()) };
    let number = number.parse().map_err(|_| format!("{number:?} is no class number"))?;
    let Ok(place) = <[&str; 4]>::try_from(place) else {
        return Err(format!("{} numbers after the class instead of 4", place.len()));
    };
    let mut values = [0.0f32; 4];
    for (value, field) in values.iter_mut().zip(place) {
        *value = field.parse().map_err(|_| format!("{field:?} is no number"))?;
        if !(0.0..=1.0).contains(value) {
            return Err(format!("{field} is outside 0..1"));
        }
    }
    let [x, y, width, height] = values;
    let clipped = NormBox::clipped(x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0);
    clipped.map(|bounds| (number, bounds)).ok_or_else(|| "the box has no area".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [(u32, Class); 2] = [(0, Class::Head), (1, Class::Helmet)];

    #[test]
    fn names_are_numbers_and_classes() {
        assert_eq!(parse_names("0=head, 1=helmet").unwrap(), NAMES);
        for (text, said) in [
            ("", "no ="),
            ("head", "no ="),
            ("x=head", "no number"),
            ("0=hat", "helmet"),
            ("0=head,0=helmet", "twice"),
        ] {
            let error = parse_names(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }

    #[test]
    fn lines_become_boxes_clipped_to_the_picture() {
        let labels = parse_labels(
            "1 0.5 0.5 0.2 0.4\n\n7 0.5 0.5 0.1 0.1\n0 0.0 0.1 0.2 0.2\n",
            Path::new("x"),
            &NAMES,
        );
        let labels = labels.unwrap();
        assert_eq!(labels.left_out, 1);
        let edges: Vec<_> =
            labels.boxes.iter().map(|label| (label.class, <[f32; 4]>::from(label.bounds))).collect();
        assert_eq!(edges, [(Class::Helmet, [0.4, 0.3, 0.6, 0.7]), (Class::Head, [0.0, 0.0, 0.1, 0.2])]);
    }

    #[test]
    fn malformed_lines_are_named() {
        for (line, said) in [
            ("helmet 0.5 0.5 0.1 0.1", "class number"),
            ("-1 0.5 0.5 0.1 0.1", "class number"),
            ("0 0.5 0.5 0.1", "3 numbers"),
            ("0 0.5 0.5 0.1 0.1 0.9", "5 numbers"),
            ("0 0.5 half 0.1 0.1", "half"),
            ("0 320 240 32 32", "320"),
            ("0 0.5 NaN 0.1 0.1", "NaN"),
            ("0 0.5 0.5 0 0.1", "area"),
        ] {
            let error = parse_labels(&format!("0 0.5 0.5 0.1 0.1\n{line}\n"), Path::new("a/b.txt"), &NAMES);
            let error = error.unwrap_err().to_string();
            assert!(error.contains("a/b.txt, line 2") && error.contains(said), "{line}: {error}");
        }
    }

    #[test]
    fn a_folder_without_pictures_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("note.txt"), "x").unwrap();
        assert!(pictures(folder.path()).unwrap_err().to_string().contains("no JPEG"));
        for name in ["b.PNG", "a.webp"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let names: Vec<_> = pictures(folder.path()).unwrap();
        assert_eq!(names, ["a.webp", "b.PNG"].map(|name| folder.path().join(name)));
        assert!(pictures(&folder.path().join("absent")).unwrap_err().to_string().contains("absent"));
    }
}
