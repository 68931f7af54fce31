namespace RlOffload.Onnx;
