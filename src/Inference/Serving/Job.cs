using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving;

/// <summary>A checked message on its way through the server. Whoever brings it owns its memory and is told when it is done.</summary>
internal abstract class Job
{
    private volatile bool _abandoned;

    /// <summary>Who sent it: the name of a token, or a connection.</summary>
    public string Client { get; set; } = "";

    public byte[] Message { get; set; } = [];
    public int Length { get; set; }
    public RequestHeader Header { get; set; }

    /// <summary>What it is for: set where it is checked, and computed with, whatever is served by then.</summary>
    public ServedModel? Model { get; set; }

    /// <summary>Whether a device made the message, and so its checksum; else it was made here, of what came another way.</summary>
    public bool IsSealed { get; init; } = true;

    /// <summary>Timestamps: its last byte came, a worker began with it.</summary>
    public long Arrived { get; set; }
    public long Begun { get; set; }

    /// <summary>From its first byte to its last, s.</summary>
    public double ReceiveSeconds { get; set; }

    /// <inheritdoc cref="Receipt.LinkSeconds"/>
    public double LinkSeconds { get; set; }

    public double WaitedSeconds { get; set; }
    public double UnpackSeconds { get; set; }
    public double TailSeconds { get; set; }

    /// <summary>How many were computed together with it, itself included.</summary>
    public int Batch { get; set; }

    /// <summary>Null where there is an answer.</summary>
    public Refusal? Refusal { get; set; }

    /// <summary>An <see cref="AnswerHeader"/> and the outputs, rented from the shared pool by the worker and given back by the job's owner.</summary>
    public byte[]? Answer { get; set; }
    public int AnswerBytes { get; set; }

    /// <summary>Nobody waits for it any more.</summary>
    public bool Abandoned => _abandoned;

    public void Abandon() => _abandoned = true;

    /// <summary>Called once by the worker, on its thread: the job has an answer or a refusal, or was abandoned. Must not wait for anything.</summary>
    public abstract void Complete();
}
