namespace Granary.Vault.Tests.Fuzzing;

/// <summary>What every parser keeps to.</summary>
internal static class ParserFuzz
{
    private const int Rounds = 4_000;

    // Not a measure of speed: what is quadratic or endless fails instead of standing still.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static void ReadsItsSamples(Parser parser)
    {
        foreach (var sample in parser.Samples)
            parser.Takes(sample).ShouldBeTrue();
    }

    public static async Task ReadsOrRefusesChangedBytesAsync(Parser parser)
    {
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
                    throw new InvalidOperationException($"{parser.Name}, seed {seed}: {Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 4_096)))}", failure);
                }
            }
            return refused;
        });
        (await work.WaitAsync(Patience)).ShouldBeGreaterThan(parser.Refusals.Length == 0 ? -1 : Rounds / 20);
    }
}
