using RlOffload.Environment;
using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public sealed class TokenListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ATokenIsItsOwnersAndNobodyElses()
    {
        var tokens = TokenList.Read(_folder.Write("tokens.txt", "# devices\ncamera 0123456789abcdef\n\npi  fedcba9876543210\n"));
        Assert.Equal(2, tokens.Count);
        Assert.Equal("camera", tokens.NameOf("0123456789abcdef"));
        Assert.Equal("pi", tokens.NameOfHeader("bearer fedcba9876543210"));
        Assert.All(new[] { null, "", "0123456789abcdef", "Basic 0123456789abcdef", "Bearer 0123456789abcde", "Bearer " }, h => Assert.Null(tokens.NameOfHeader(h)));
    }

    [Fact]
    public void EveryBadLineIsNamedAndNoTokenIsShown()
    {
        var refusal = Assert.Throws<InputException>(() => TokenList.Read(_folder.Write("bad.txt", "camera 0123456789abcdef\ncamera other-other-other\npi 0123456789abcdef\nshort abc\none\n")));
        Assert.Equal([2, 3, 4, 5], refusal.Problems.Select(p => int.Parse(p.Split("bad.txt:")[1].Split(':')[0])));
        Assert.All(refusal.Problems, p => Assert.DoesNotContain("0123", p, StringComparison.Ordinal));
        Assert.Throws<InputException>(() => TokenList.Read(_folder.Write("empty.txt", "# none\n")));
        Assert.Throws<InputException>(() => TokenList.Read(_folder.At("absent.txt")));
    }
}
