//! Graphs in ONNX Runtime: opened, and asked what they take. Nothing here knows what a graph is for.

use ort::ep;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::value::{TensorElementType, ValueType};

use crate::Runtime;
use crate::detector::SessionSettings;

/// With the arena one detector peaks 15 MB lower, and each further one takes 13 MB more. A memory pattern for every
/// shape of input would take 10 MB more. Neither changed the time by more than a busy machine's noise. Idle threads
/// sleep instead of spinning, because decoding needs the cores.
pub(crate) fn open(weights: &[u8], runtime: &Runtime, settings: SessionSettings) -> ort::Result<Session> {
    SessionBuilder::new(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_parallel_execution(false)?
        .with_intra_threads(settings.threads.max(1))?
        .with_intra_op_spinning(false)?
        .with_memory_pattern(false)?
        .with_execution_providers([ep::CPU::default().with_arena_allocator(true).build()])?
        .commit_from_memory(weights)
}

/// Sides of the only input, if it is f32 and has four; -1 stands for a free one.
pub(crate) fn only_input(session: &Session) -> Option<[i64; 4]> {
    let [input] = session.inputs() else { return None };
    match input.dtype() {
        ValueType::Tensor { ty: TensorElementType::Float32, shape, .. } => shape[..].try_into().ok(),
        _ => None,
    }
}

/// What it takes, for people.
pub(crate) fn inputs_text(session: &Session) -> String {
    let inputs = session.inputs().iter().map(|input| format!("{} {}", input.name(), input.dtype()));
    inputs.collect::<Vec<_>>().join(" and ")
}
