using RlOffload.Agents.Hindsight;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Hindsight;

public sealed class LabelledStatesTests
{
    [Fact]
    public void TheOldestGivesWayAndWhatIsReadIsWhatWasSaved()
    {
        var states = new LabelledStates(capacity: 3, state: 2, candidates: 4, charges: 2);
        for (var i = 0; i < 5; i++)
        {
            var row = states.Add([i, -i], plans: 2 + i % 3);
            states.Labels(row).Fill(i);
            states.Features(row, 1).Fill(10 * i);
            states.Charges(row).Fill(-i);
        }
        Assert.Equal((3, 5), (states.Count, states.Added));
        var read = new LabelledStates(3, 2, 4, 2);
        read.Load(new BinaryReader(new MemoryStream(Saved(states))), "checkpoint.bin");
        foreach (var s in new[] { states, read })
        {
            Assert.Equal([4f, -4], s.State(1).ToArray());
            Assert.Equal([2f, 2, 2, 2], s.Labels(2).ToArray());
            Assert.Equal([-2f, -2, -2, -2, -2, -2, -2, -2], s.Charges(2).ToArray());
            Assert.Equal(3, s.Plans(1));
            Assert.All(s.Features(0, 1).ToArray(), f => Assert.Equal(30, f));
        }
        Assert.Equal(Saved(states), Saved(read));
    }

    [Fact]
    public void AnotherShapeIsRefused()
    {
        var saved = Saved(new LabelledStates(3, 2, 4));
        var refused = Assert.Throws<InputException>(() => new LabelledStates(3, 2, 5).Load(new BinaryReader(new MemoryStream(saved)), "c.bin"));
        Assert.Equal("c.bin:labels.candidates: is 4, this configuration needs 5", Assert.Single(refused.Problems));
    }

    private static byte[] Saved(LabelledStates states)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            states.Save(writer);
        return memory.ToArray();
    }
}
