//! Detections in, Violations out: pure.
