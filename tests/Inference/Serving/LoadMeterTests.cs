using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public sealed class LoadMeterTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(2, 0.15)]
    public void ItIsTheShareOfTheWorkersTime(int workers, double busy)
    {
        var load = new LoadMeter(workers, _time);
        for (var i = 0; i < 1000; i++)
        {
            _time.Seconds += 0.01;
            load.Add(0.003);
        }
        Assert.Equal(busy, load.Busy, 0.01);
    }

    [Fact]
    public void WhatWasLongAgoIsForgottenAndMoreThanAllIsAll()
    {
        var load = new LoadMeter(1, _time);
        load.Add(5);
        Assert.Equal(1, load.Busy);
        _time.Seconds += 30;
        Assert.Equal(0, load.Busy, 6);
    }
}
