namespace RlOffload.Inference;
