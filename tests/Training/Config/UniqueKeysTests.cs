using RlOffload.Training.Config;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RlOffload.Tests.Training.Config;

public sealed class UniqueKeysTests
{
    [Theory]
    [InlineData("a: 1\nb: 2\n", "a: 1\nb: 2\n", "")]
    [InlineData("a: 1\na: 2\nb: 3\n", "a: 1\nb: 3\n", "a 2/1")]
    [InlineData("a: {v: 1, v: {deep: [1, {v: 2}]}, w: 3}\na: [4, [5]]\nb: 5\n", "a: {v: 1, w: 3}\nb: 5\n", "v 1/1, a 2/1")]
    [InlineData("list: [{x: 1, x: 2}, {x: 3}]\n", "list: [{x: 1}, {x: 3}]\n", "x 1/1")]
    [InlineData("a: &k {v: 1}\nb: *k\na: *k\nb: 1\nc: 2\n", "a: &k {v: 1}\nb: *k\nc: 2\n", "a 3/1, b 4/2")]
    public void AKeyThatComesAgainIsLeftOutAndToldWithBothLines(string text, string without, string duplicates)
    {
        var told = new List<string>();
        var filtered = Load(new UniqueKeys(new Parser(new StringReader(text)), (key, line, first) => told.Add($"{key} {line}/{first}")));
        Assert.Equal(duplicates, string.Join(", ", told));
        Assert.Equal(Load(new Parser(new StringReader(without))), filtered);
    }

    private static YamlNode Load(IParser parser)
    {
        var stream = new YamlStream();
        stream.Load(parser);
        return stream.Documents.Single().RootNode;
    }
}
