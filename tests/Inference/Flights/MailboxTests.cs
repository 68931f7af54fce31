using RlOffload.Inference.Flights;

namespace RlOffload.Tests.Inference.Flights;

public class MailboxTests
{
    [Fact]
    public async Task APostWakesWhoeverWaitsAndComesInOrder()
    {
        using var mailbox = new Mailbox(new RunClock(TimeProvider.System));
        var waiting = Task.Run(() => mailbox.WaitUntil(double.PositiveInfinity));
        mailbox.Post(new Happened(What.Sent, 1, 0));
        mailbox.Post(new Happened(What.Sent, 2, 0));
        await waiting;
        Assert.True(mailbox.TryTake(out var first));
        Assert.True(mailbox.TryTake(out var second));
        Assert.False(mailbox.TryTake(out _));
        Assert.Equal((1, 2), (first.Request, second.Request));
    }

    [Fact]
    public void AWaitEndsByItselfWhenItsTimeHasCome()
    {
        using var mailbox = new Mailbox(new RunClock(TimeProvider.System));
        while (mailbox.Clock.Now < 0.02)
            mailbox.WaitUntil(0.02);
        mailbox.WaitUntil(0);
    }
}
