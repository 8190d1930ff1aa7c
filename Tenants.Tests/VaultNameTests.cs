namespace Granary.Tenants.Tests;

/// <summary>What one system takes for a device, for another name, or for nothing, is no name anywhere; and a name has one spelling.</summary>
public sealed class VaultNameTests
{
    [Theory]
    [InlineData("con")]
    [InlineData("NUL")]
    [InlineData("nul.txt")]
    [InlineData("team/aux")]
    [InlineData("com1")]
    [InlineData("LPT9.notes")]
    [InlineData("com\u00b9")]
    [InlineData("CONIN$")]
    [InlineData("notes.")]
    [InlineData("team./notes")]
    [InlineData("notes ")]
    [InlineData(" notes")]
    [InlineData("no\u200btes")]
    [InlineData("no\u200dtes")]
    [InlineData("no\u2060tes")]
    [InlineData("\ufeffnotes")]
    [InlineData("no\u00adtes")]
    [InlineData("\u202enotes")]
    [InlineData("no\u2066tes")]
    [InlineData("no\u061ctes")]
    [InlineData("no\u2028tes")]
    [InlineData("no\U000e0041tes")]
    [InlineData("no\u3164tes")]
    [InlineData("cafe\u0301")]
    [InlineData("A\u030angstrom")]
    [InlineData("\u212bngstrom")]
    [InlineData("\u1112\u1161\u11ab")]
    [InlineData("\u30ab\u3099")]
    [InlineData("\uf900")]
    public void It_is_refused_with_a_sentence_that_names_the_field(string path)
    {
        VaultName.TryParse(path, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNull().ShouldStartWith("vault_path ");
        problem.ShouldEndWith(".");
    }

    [Theory]
    [InlineData("console")]
    [InlineData("common")]
    [InlineData("com10")]
    [InlineData("null")]
    [InlineData("v1.2/notes")]
    [InlineData("caf\u00e9")]
    [InlineData("\ud55c\uad6d")]
    [InlineData("\u30ac")]
    [InlineData("\u0928\u093f")]
    [InlineData("\U0001f600")]
    [InlineData("two words")]
    public void Other_names_are_taken(string path) => VaultName.TryParse(path, out _, out var problem).ShouldBeTrue(problem);
}
