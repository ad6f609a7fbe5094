//! When recorded footage begins, file after file.

use std::path::{Path, PathBuf};

use anjian_domain::{StartSource, WallTime};

/// When the next file begins, as far as the command line says so.
pub enum Placing {
    /// Nothing was given: each file says so itself.
    ByFile,
    /// Then.
    At(WallTime, StartSource),
    /// It follows a file whose end is unknown.
    After(PathBuf),
}

/// The start of a file that follows one of unknown length.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}: its start is unknown, because the length of {} before it is unknown: analyse it by itself with its own --start",
    file.display(), after.display()
)]
pub struct UnknownStart {
    file: PathBuf,
    after: PathBuf,
}

impl Placing {
    /// The first of all files begins at `start`, if one was given.
    pub fn new(start: Option<WallTime>) -> Self {
        start.map_or(Self::ByFile, |start| Self::At(start, StartSource::Given))
    }

    /// When this file begins; `None` when it says so itself. The next one follows it, as soon as
    /// [`Placing::file_ends`] was told.
    ///
    /// # Errors
    /// When it follows a file whose end was not told.
    pub fn next(&mut self, file: &Path) -> Result<Option<(WallTime, StartSource)>, UnknownStart> {
        match self {
            Self::ByFile => Ok(None),
            Self::After(after) => Err(UnknownStart { file: file.to_owned(), after: after.clone() }),
            Self::At(at, source) => {
                let start = (*at, *source);
                *self = Self::After(file.to_owned());
                Ok(Some(start))
            }
        }
    }

    /// The file that was asked for last ends then; the later of several ends counts.
    pub fn file_ends(&mut self, at: WallTime) {
        match self {
            Self::ByFile => {}
            Self::After(_) => *self = Self::At(at, StartSource::Follows),
            Self::At(end, _) => *end = at.max(*end),
        }
    }
}

/// The words for a person.
pub const fn in_words(source: StartSource) -> &'static str {
    match source {
        StartSource::Given => "as given",
        StartSource::Follows => "after the file before",
        StartSource::Container => "as the file says",
        StartSource::ContainerEnd => "its length before the end that the file says",
        StartSource::Name => "as its name says",
        StartSource::Modified => "a guess: when the file was modified",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn start() -> WallTime {
        "2026-03-01T08:00:00Z".parse().unwrap()
    }

    fn after_s(seconds: u64) -> WallTime {
        start().plus(Duration::from_secs(seconds))
    }

    #[test]
    fn files_follow_each_other_from_a_given_start() {
        let mut placing = Placing::new(Some(start()));
        assert_eq!(placing.next(Path::new("a.mp4")), Ok(Some((start(), StartSource::Given))));
        placing.file_ends(after_s(60));
        // Its container was wrong: the last picture came later.
        placing.file_ends(after_s(61));
        placing.file_ends(after_s(50));
        assert_eq!(placing.next(Path::new("b.mp4")), Ok(Some((after_s(61), StartSource::Follows))));
        placing.file_ends(after_s(90));
        assert_eq!(placing.next(Path::new("c.mp4")), Ok(Some((after_s(90), StartSource::Follows))));
    }

    #[test]
    fn nothing_follows_a_file_of_unknown_length() {
        let mut placing = Placing::new(Some(start()));
        placing.next(Path::new("broken.mp4")).unwrap();
        for _ in 0..2 {
            let refused = placing.next(Path::new("b.mp4")).unwrap_err().to_string();
            assert!(refused.starts_with("b.mp4: ") && refused.contains("broken.mp4"), "{refused}");
        }
    }

    #[test]
    fn without_a_start_each_file_says_it_itself() {
        let mut placing = Placing::new(None);
        for name in ["a.mp4", "b.mp4"] {
            assert_eq!(placing.next(Path::new(name)), Ok(None));
            placing.file_ends(after_s(60));
        }
    }
}
