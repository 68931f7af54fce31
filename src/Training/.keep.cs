namespace RlOffload.Training;
