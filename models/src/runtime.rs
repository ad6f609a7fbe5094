//! Finds ONNX Runtime and loads it, once a process.
//!
//! The library is loaded at run time, not linked, so that one executable works with any build of 1.24 or newer. It
//! is never downloaded from here: that is `scripts/fetch-onnxruntime`.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;

use crate::ModelError;

const LIBRARY: &str = "libonnxruntime.so";
const IN_CHECKOUT: &str = ".tools/onnxruntime/libonnxruntime.so";

/// ONNX Runtime, loaded. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Runtime {
    library: PathBuf,
    environment: Environment,
}

/// The one that this process loaded. It cannot be unloaded or exchanged, so it lives as long as the process.
static LOADED: Mutex<Option<Runtime>> = Mutex::new(None);

impl Runtime {
    /// Loads the library at `explicit`, or else the first of: `ORT_DYLIB_PATH`, beside the executable, and
    /// `.tools/onnxruntime` in the folders above the executable and above the current one. Later calls give the
    /// same Runtime.
    ///
    /// # Errors
    /// When there is none, it is older than 1.24 or broken, or `explicit` differs from the one already loaded.
    pub fn find(explicit: Option<&Path>) -> Result<Self, ModelError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = loaded.as_ref() {
            return runtime.again(explicit);
        }
        let runtime = Self::load(choose(explicit)?)?;
        *loaded = Some(runtime.clone());
        Ok(runtime)
    }

    /// The library in use.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.library
    }

    pub(crate) const fn environment(&self) -> &Environment {
        &self.environment
    }

    fn again(&self, explicit: Option<&Path>) -> Result<Self, ModelError> {
        match explicit.map(absolute) {
            Some(asked) if asked != self.library => {
                Err(ModelError::RuntimeLoaded { loaded: self.library.clone(), asked })
            }
            _ => Ok(self.clone()),
        }
    }

    fn load(library: PathBuf) -> Result<Self, ModelError> {
        let unusable = |reason| ModelError::RuntimeUnusable { path: library.clone(), reason };
        let builder = ort::init_from(&library).map_err(|error| unusable(error.to_string()))?;
        let environment = builder
            .with_name("anjian")
            .with_telemetry(false)
            .with_logger(Arc::new(|level, category, _id, _location, message| log(level, category, message)))
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        environment.set_log_level(LogLevel::Warning);
        tracing::info!(library = %library.display(), "ONNX Runtime loaded");
        Ok(Self { library, environment })
    }
}

fn log(level: LogLevel, category: &str, message: &str) {
    match level {
        LogLevel::Fatal | LogLevel::Error => tracing::error!(category, "ONNX Runtime: {message}"),
        LogLevel::Warning => tracing::warn!(category, "ONNX Runtime: {message}"),
        LogLevel::Info | LogLevel::Verbose => tracing::trace!(category, "ONNX Runtime: {message}"),
    }
}

/// An explicit choice is final: when it is missing, nothing else is taken in its place.
fn choose(explicit: Option<&Path>) -> Result<PathBuf, ModelError> {
    let named = explicit.map(Path::to_path_buf);
    let named =
        named.or_else(|| env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()).map(PathBuf::from));
    let looked = match named {
        Some(path) => vec![path],
        None => usual_places(env::current_exe().ok().as_deref(), env::current_dir().ok().as_deref()),
    };
    match looked.iter().find(|path| path.is_file()) {
        Some(path) => Ok(absolute(path)),
        None => Err(ModelError::RuntimeMissing { looked }),
    }
}

fn usual_places(executable: Option<&Path>, current: Option<&Path>) -> Vec<PathBuf> {
    let beside = executable.and_then(Path::parent);
    let mut places: Vec<_> = beside.map(|folder| folder.join(LIBRARY)).into_iter().collect();
    for folder in beside.into_iter().chain(current).flat_map(Path::ancestors) {
        let place = folder.join(IN_CHECKOUT);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_beside_the_executable_then_up_the_folders() {
        let places = usual_places(Some(Path::new("/a/target/anjian")), Some(Path::new("/a/models")));
        let expected = [
            "/a/target/libonnxruntime.so",
            "/a/target/.tools/onnxruntime/libonnxruntime.so",
            "/a/.tools/onnxruntime/libonnxruntime.so",
            "/.tools/onnxruntime/libonnxruntime.so",
            "/a/models/.tools/onnxruntime/libonnxruntime.so",
        ];
        assert_eq!(places, expected.map(PathBuf::from));
    }

    #[test]
    fn a_missing_explicit_library_is_an_error_that_names_it() {
        let error = choose(Some(Path::new("/nowhere/libonnxruntime.so"))).unwrap_err().to_string();
        assert!(error.contains("/nowhere/libonnxruntime.so") && error.contains("scripts/setup"), "{error}");
    }

    #[test]
    fn a_process_has_one_runtime() {
        let first = Runtime::find(None).expect("run scripts/setup first");
        assert_eq!(Runtime::find(None).unwrap().library(), first.library());
        let other = Runtime::find(Some(Path::new("/nowhere/libonnxruntime.so"))).unwrap_err();
        assert!(matches!(other, ModelError::RuntimeLoaded { .. }), "{other}");
    }
}
