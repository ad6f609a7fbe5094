//! ONNX Runtime: pictures in, Detections out.
