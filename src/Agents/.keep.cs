namespace RlOffload.Agents;
