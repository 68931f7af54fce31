using RlOffload.Environment;
using RlOffload.Environment.Profiles.Imports;

namespace RlOffload.Tests.Environment.Profiles.Imports;

public sealed class ImportTableTests
{
    [Fact]
    public void CellsAreFoundByColumnWhateverTheOrder()
    {
        using var folder = new TemporaryFolder();
        var rows = ImportTable.Read(folder.Write("t.csv", "b,other,a\n2,x,1\n\n4,y,3\n"), "a", "b").Rows;
        Assert.Equal([(1, 2), (3, 4)], rows.Select(r => (r.Whole("a"), r.Whole("b"))));
    }

    [Theory]
    [InlineData("a\n1\n", "t.csv:1: lacks the column b")]
    [InlineData("", "t.csv:1: lacks the column a, b")]
    [InlineData("a,b\n1\n", "t.csv:2: has 1 cells, allowed is 2")]
    [InlineData("a,b\n1,2\nnan,2\n", "t.csv:3: a is 'nan'")]
    [InlineData("a,b\n-1,2\n", "t.csv:2: a is '-1', allowed is a number from 0 to 1e15")]
    public void WhatIsWrongIsToldWithFileAndLine(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("t.csv", text);
        var problem = Assert.Throws<InputException>(() => ImportTable.Read(path, "a", "b").Rows.Sum(r => r.Number("a")));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }
}
