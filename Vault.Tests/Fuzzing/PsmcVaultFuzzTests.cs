using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>One file of a vault is changed at random, then the vault is opened, verified and written to.</summary>
public sealed class PsmcVaultFuzzTests
{
    private const int Rounds = 300;

    [Theory]
    [InlineData("events/events.ndjson", true)]
    [InlineData("events/events.ndjson", false)]
    [InlineData("chain/chain.ndjson", true)]
    [InlineData("chain/chain.ndjson", false)]
    public async Task No_change_of_a_log_goes_unnoticed(string file, bool anchored)
    {
        using var original = await VaultAsync();
        var bytes = await File.ReadAllBytesAsync(Path.Combine(original.Vault, file));
        for (var seed = 0; seed < Rounds; seed++)
        {
            var changed = new Mutator(seed).Next([bytes]);
            if (changed.AsSpan().SequenceEqual(bytes))
                continue;
            using var copy = Copy(original);
            if (!anchored)
                Directory.Delete(copy.State, recursive: true);
            await File.WriteAllBytesAsync(Path.Combine(copy.Vault, file), changed);
            (await IsNoticedAsync(copy)).ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public async Task Whatever_a_file_holds_the_vault_opens_or_says_why_not()
    {
        using var original = await VaultAsync();
        var files = Directory.GetFiles(original.Path, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock").Order(StringComparer.Ordinal).ToList();
        files.Count.ShouldBeGreaterThan(8);
        var opened = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            var file = files[seed % files.Count];
            using var copy = Copy(original);
            await File.WriteAllBytesAsync(Path.Combine(copy.Path, Path.GetRelativePath(original.Path, file)), new Mutator(seed).Next([await File.ReadAllBytesAsync(file)]));
            try
            {
                await using var vault = await TestVault.OpenAsync(copy);
                await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
                await vault.Log.AppendAsync(vault.Log.Head, TestVault.Build(vault, 1, "key"), default);
                opened++;
            }
            catch (VaultStorageException refusal)
            {
                refusal.Message.ShouldNotContain(copy.Path);
            }
        }
        opened.ShouldBeInRange(1, Rounds - 1);
    }

    private static async Task<bool> IsNoticedAsync(TestFolder folder)
    {
        try
        {
            await using var vault = await TestVault.OpenAsync(folder);
            return vault.Log.Repairs.Count > 0 || !(await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Valid;
        }
        catch (VaultStorageException)
        {
            return true;
        }
    }

    private static async Task<TestFolder> VaultAsync()
    {
        var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        await using var vault = await TestVault.OpenAsync(folder);
        await TestVault.AppendAsync(vault, 3, "k");
        await TestVault.AppendAsync(vault, 2, bridge: await PsmcBridge.LoadAsync(vault.Log, default));
        await TestVault.AppendAsync(vault, 1);
        return folder;
    }

    private static TestFolder Copy(TestFolder original)
    {
        var copy = new TestFolder();
        foreach (var file in Directory.GetFiles(original.Path, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Path, Path.GetRelativePath(original.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }
}
