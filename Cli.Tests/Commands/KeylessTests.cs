using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

/// <summary>What signs nothing asks for no key.</summary>
public sealed class KeylessTests
{
    [Fact]
    public async Task Migrate_says_what_it_would_do_without_a_key_and_leaves_no_trace()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var before = Snapshot(desk);
        var report = (await Provara.RunAsync("migrate", desk.Vault, "--dry-run")).Succeeded().Json;
        report["source_version"]!.ToString().ShouldBe("1.0");
        report["target_version"]!.ToString().ShouldBe("1.2");
        report["changes"]!.AsArray().Count.ShouldBe(1);
        report["migration_event_id"].ShouldBeNull();
        Snapshot(desk).ShouldBe(before);
        (await Provara.RunAsync("migrate", desk.Vault, "--dry-run", "--target-version", "9.9")).Failed().Error.ShouldContain("target_version");
        (await Provara.RunAsync("migrate", desk.Vault)).Failed().Error.ShouldContain("private key");
    }

    [Fact]
    public async Task Migrate_of_a_sealed_vault_says_so_in_a_dry_run_too()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("seal", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        (await Provara.RunAsync("migrate", desk.Vault, "--dry-run")).Failed().Error.ShouldContain("sealed");
    }

    [Fact]
    public async Task Manifest_without_a_key_leaves_a_strictly_valid_vault_as_it_is()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var before = Snapshot(desk);
        var made = (await Provara.RunAsync("manifest", desk.Vault, "--json")).Succeeded();
        made.Json["signed"]!.GetValue<bool>().ShouldBeTrue();
        made.Error.ShouldBeEmpty();
        Snapshot(desk).ShouldBe(before);
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task Manifest_without_a_key_lists_a_new_file_as_the_reference_does_and_says_that_nobody_signed()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await File.WriteAllTextAsync(desk.At("notes", "artifacts", "cas", "more"), "x");
        (await desk.VerifyAsync("--mode", "compatible")).Failed();
        var made = (await Provara.RunAsync("manifest", desk.Vault)).Succeeded();
        made.Error.ShouldContain("--keyfile");
        (await desk.VerifyAsync("--mode", "compatible")).Succeeded();
        (await Provara.RunAsync("manifest", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        (await desk.VerifyAsync()).Succeeded();
    }

    private static string Snapshot(Desk desk) => string.Join('\n', Directory.EnumerateFiles(desk.Vault, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));
}
