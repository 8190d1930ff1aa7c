using System.Text;
using Granary.Tenants;

namespace Granary.Bench.Vaults;

/// <summary>Texts whose words are as common and as rare as those of a language: the word of rank r stands in proportion to 1/r. The same seed, the same texts.</summary>
internal sealed class Prose(int seed)
{
    private const int Vocabulary = 30_000;
    private const int Words = 24;

    // Seeded: two builds are measured on the same texts.
#pragma warning disable RS0030
    private readonly Random _random = new(seed);
#pragma warning restore RS0030
    private readonly string[] _words = [.. Enumerable.Range(0, Vocabulary).Select(Spell)];

    /// <summary>An event with a text of its own.</summary>
    public AppendEvent Event()
    {
        var text = string.Join(' ', Enumerable.Range(0, Words).Select(_ => Word()));
        return new AppendEvent("note", Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""));
    }

    /// <summary>A word, common ones more often.</summary>
    public string Word() => _words[(int)Math.Pow(Vocabulary, _random.NextDouble()) - 1];

    /// <summary>Digits of base 26, written so that no word is the beginning of all others.</summary>
    private static string Spell(int rank)
    {
        var word = new StringBuilder();
        for (var left = (uint)rank * 2654435761 % 300_000_007; word.Length < 3 || left > 0; left /= 26)
            word.Append((char)('a' + (left % 26)));
        return word.ToString();
    }
}
