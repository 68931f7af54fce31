using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class CsvLineTests
{
    [Theory]
    [InlineData("a, b ,c", new[] { "a", "b", "c" })]
    [InlineData("a,\"b, c\",d", new[] { "a", "b, c", "d" })]
    [InlineData("\"say \"\"no\"\"\",", new[] { "say \"no\"", "" })]
    [InlineData("", new[] { "" })]
    public void QuotesKeepCommasTogether(string line, string[] cells) => Assert.Equal(cells, CsvLine.Split(line));
}
