using System.Text;
using Granary.Vault.Tests.Support;
using Granary.Vault.Tests.Verification;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>A Backpack vault of which one file is changed at random: strict verification finds it, and never fails otherwise.</summary>
public sealed class BackpackVerificationFuzzTests
{
    private const int Rounds = 300;

    [Fact]
    public async Task No_change_of_a_log_goes_unnoticed_though_the_manifest_was_made_anew()
    {
        var original = await LooseVault.CreateAsync(notes: 4);
        var log = Encoding.UTF8.GetBytes(string.Concat(original.Lines.Select(line => line + "\n")));
        using var key = Fixture.Key("root");
        var head = await original.SignHeadAsync(key);
        for (var seed = 0; seed < Rounds; seed++)
        {
            var changed = new Mutator(seed).Next([log]);
            if (changed.AsSpan().SequenceEqual(log))
                continue;
            var vault = new MemoryVault();
            vault.Events.AddRange(Lines(changed));
            foreach (var (name, content) in original.Files)
                vault.Documents[name] = content;
            var report = await VaultVerifier.RunAsync(vault, new VerificationOptions { Head = head }, null, default);
            report.Valid.ShouldBeFalse($"seed {seed}");
        }
    }

    [Fact]
    public async Task Whatever_a_file_holds_there_is_a_report()
    {
        var original = await LooseVault.CreateAsync(notes: 4);
        var names = original.Files.Keys.Where(name => name != Granary.Vault.Backpack.Keys.PrivateKeyFile.FileName).Order(StringComparer.Ordinal).ToList();
        for (var seed = 0; seed < Rounds; seed++)
        {
            var name = names[seed % names.Count];
            var vault = new MemoryVault();
            vault.Events.AddRange(original.Lines.Select(Encoding.UTF8.GetBytes));
            foreach (var (other, content) in original.Files)
                vault.Documents[other] = content;
            var changed = vault.Documents[name] = new Mutator(seed).Next([original.Files[name]]);
            var report = await VaultVerifier.RunAsync(vault, new VerificationOptions(), null, default);
            ReportText.Write(report).ShouldStartWith(report.Valid ? "VALID" : "INVALID");
            if (name.StartsWith("policies/", StringComparison.Ordinal) && !changed.AsSpan().SequenceEqual(original.Files[name]))
                report.Valid.ShouldBeFalse($"{name}, seed {seed}");
        }
    }

    private static IEnumerable<byte[]> Lines(byte[] log)
    {
        for (var at = 0; at < log.Length;)
        {
            var end = log.AsSpan(at).IndexOf((byte)'\n');
            end = end < 0 ? log.Length : at + end;
            yield return log[at..end];
            at = end + 1;
        }
    }
}
