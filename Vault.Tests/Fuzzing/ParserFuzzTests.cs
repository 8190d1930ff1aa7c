namespace Granary.Vault.Tests.Fuzzing;

public sealed class ParserFuzzTests
{
    private const int Rounds = 4_000;

    // Not a measure of speed: what is quadratic or endless fails instead of standing still.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Names => [.. Parsers.All.Select(parser => parser.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_it_is_made_for_is_read(string name)
    {
        var parser = Parsers.Find(name);
        foreach (var sample in parser.Samples)
            parser.Takes(sample).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Changed_bytes_are_read_or_refused_as_documented(string name)
    {
        var parser = Parsers.Find(name);
        var work = Task.Run(() =>
        {
            var refused = 0;
            for (var seed = 0; seed < Rounds; seed++)
            {
                var bytes = new Mutator(seed).Next(parser.Samples);
                try
                {
                    refused += parser.Takes(bytes) ? 0 : 1;
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"{name}, seed {seed}: {Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 4_096)))}", failure);
                }
            }
            return refused;
        });
        (await work.WaitAsync(Patience)).ShouldBeGreaterThan(parser.Refusals.Length == 0 ? -1 : Rounds / 20);
    }
}
