using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Learning;

public sealed class CheckpointStreamTests
{
    [Fact]
    public void BlocksComeBackAsTheyWere()
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.WriteFloats([1.5f, float.NaN, -0f]);
        writer.WriteBlock<ulong>([ulong.MaxValue]);
        stream.Position = 0;
        var reader = new BinaryReader(stream);
        var (floats, words) = (new float[3], new ulong[1]);
        reader.ReadFloats(floats);
        reader.ReadBlock<ulong>(words);
        Assert.Equal([1.5f, float.NaN, -0f], floats);
        Assert.Equal(ulong.MaxValue, words[0]);
    }

    [Fact]
    public void AFileThatEndsEarlyIsRefusedByName()
    {
        var reader = new BinaryReader(new MemoryStream(new byte[7]));
        var problem = Assert.Throws<InputException>(() => reader.Guard("run/agent.bin", "agent", () => reader.ReadFloats(new float[2])));
        Assert.StartsWith("run/agent.bin:agent: the file ends at byte 7", problem.Message);
    }

    [Fact]
    public void AValueThatDiffersFromTheConfigurationIsRefused()
    {
        var reader = new BinaryReader(new MemoryStream([3, 0, 0, 0]));
        var problem = Assert.Throws<InputException>(() => reader.Expect("a.bin", "agent.actions", 4));
        Assert.Equal("a.bin:agent.actions: is 3, this configuration needs 4", problem.Message);
    }
}
