namespace Granary.Vault.Tests.Fuzzing;

public sealed class ParserFuzzTests
{
    public static TheoryData<string> Names => [.. Parsers.All.Select(parser => parser.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_it_is_made_for_is_read(string name) => ParserFuzz.ReadsItsSamples(Parsers.Find(name));

    [Theory]
    [MemberData(nameof(Names))]
    public Task Changed_bytes_are_read_or_refused_as_documented(string name) => ParserFuzz.ReadsOrRefusesChangedBytesAsync(Parsers.Find(name));
}
