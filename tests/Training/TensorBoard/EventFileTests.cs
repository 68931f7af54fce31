using System.Buffers.Binary;
using System.Text;
using RlOffload.Training.TensorBoard;

namespace RlOffload.Tests.Training.TensorBoard;

public sealed class EventFileTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void AnotherReaderFindsTheVersionAndEveryScalar()
    {
        using var folder = new TemporaryFolder();
        var file = new EventFile(folder.At("events.out.tfevents.test"));
        file.Begin(Start);
        file.Append(30, Start.AddSeconds(1.5), [("reward/return", 0.25), ("sac/alpha", -1e-3), ("nothing", double.NaN)]);
        file.Append(1L << 40, Start.AddSeconds(2), [("reward/return", 0.5)]);
        var events = WireReader.Events(File.ReadAllBytes(file.Path));
        Assert.Equal(3, events.Count);
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal(Start.ToUnixTimeSeconds() + 1.5, events[1].WallTime);
        Assert.Equal((30, 1L << 40), (events[1].Step, events[2].Step));
        Assert.Equal([("reward/return", 0.25f), ("sac/alpha", -1e-3f)], events[1].Scalars);
        Assert.Equal([("reward/return", 0.5f)], events[2].Scalars);
    }

    [Fact]
    public void WhatFollowsAStepAndWhatWasTornIsLeftOut()
    {
        using var folder = new TemporaryFolder();
        var file = new EventFile(folder.At("events.out.tfevents.test"));
        file.CutBack(3); // nothing there, nothing to do
        file.Begin(Start);
        var whole = new List<byte[]>();
        for (var step = 1; step <= 3; step++)
        {
            file.Append(step, Start, [("x", step)]);
            whole.Add(File.ReadAllBytes(file.Path));
        }
        file.CutBack(3);
        Assert.Equal(whole[2], File.ReadAllBytes(file.Path));
        file.CutBack(2);
        Assert.Equal(whole[1], File.ReadAllBytes(file.Path));
        File.WriteAllBytes(file.Path, whole[1][..^3]);
        file.CutBack(2);
        Assert.Equal(whole[0], File.ReadAllBytes(file.Path));
    }

    /// <summary>Reads protocol buffers and records by hand, without the code that wrote them: tags, varints and lengths.</summary>
    private static class WireReader
    {
        public sealed record Read(double WallTime, long Step, string? Version, List<(string, float)> Scalars);

        public static List<Read> Events(byte[] file)
        {
            var events = new List<Read>();
            for (var at = 0; at < file.Length;)
            {
                var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
                Assert.Equal(Mask(SlowCrc(file.AsSpan(at, 8))), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
                var data = file[(at + 12)..(at + 12 + length)];
                Assert.Equal(Mask(SlowCrc(data)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
                at += length + 16;
                var fields = Fields(data);
                events.Add(new Read(
                    BitConverter.Int64BitsToDouble(fields.Where(f => f.Number == 1).Select(f => (long)f.Value).Single()),
                    fields.Where(f => f.Number == 2).Select(f => (long)f.Value).SingleOrDefault(),
                    fields.Where(f => f.Number == 3).Select(f => Encoding.UTF8.GetString(f.Bytes)).SingleOrDefault(),
                    [.. fields.Where(f => f.Number == 5).SelectMany(s => Fields(s.Bytes)).Where(f => f.Number == 1).Select(f => Scalar(Fields(f.Bytes)))]));
            }
            return events;
        }

        private static (string, float) Scalar(List<(int Number, ulong Value, byte[] Bytes)> fields) =>
            (Encoding.UTF8.GetString(fields.Single(f => f.Number == 1).Bytes), BitConverter.Int32BitsToSingle((int)fields.Single(f => f.Number == 2).Value));

        private static List<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] data)
        {
            var fields = new List<(int, ulong, byte[])>();
            for (var at = 0; at < data.Length;)
            {
                var tag = Varint(data, ref at);
                var (value, bytes) = (0ul, Array.Empty<byte>());
                switch (tag & 7)
                {
                    case 0:
                        value = Varint(data, ref at);
                        break;
                    case 1:
                        value = BitConverter.ToUInt64(data, at);
                        at += 8;
                        break;
                    case 2:
                        var length = (int)Varint(data, ref at);
                        bytes = data[at..(at + length)];
                        at += length;
                        break;
                    case 5:
                        value = BitConverter.ToUInt32(data, at);
                        at += 4;
                        break;
                    default:
                        Assert.Fail($"wire type {tag & 7}");
                        break;
                }
                fields.Add(((int)(tag >> 3), value, bytes));
            }
            return fields;
        }

        private static ulong Varint(byte[] data, ref int at)
        {
            var (value, shift) = (0ul, 0);
            do
            {
                value |= (ulong)(data[at] & 0x7f) << shift;
                shift += 7;
            }
            while ((data[at++] & 0x80) != 0);
            return value;
        }

        private static uint Mask(uint crc) => ((crc >> 15) | (crc << 17)) + 0xa282ead8;

        /// <summary>Bit by bit, with the polynomial 0x1edc6f41 reversed.</summary>
        private static uint SlowCrc(ReadOnlySpan<byte> data)
        {
            var crc = uint.MaxValue;
            foreach (var b in data)
            {
                crc ^= b;
                for (var bit = 0; bit < 8; bit++)
                    crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
            }
            return ~crc;
        }
    }
}
