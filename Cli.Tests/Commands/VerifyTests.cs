using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class VerifyTests
{
    [Fact]
    public async Task The_strict_sample_passes_in_both_modes()
    {
        using var desk = new Desk();
        var sample = desk.CopyFixture("sample-vault-strict");
        var strict = (await Provara.RunAsync("verify", sample, "--json")).Succeeded().Json;
        strict["valid"]!.GetValue<bool>().ShouldBeTrue();
        strict["event_count"]!.GetValue<long>().ShouldBe(11);
        (await Provara.RunAsync("verify", sample, "--mode", "compatible")).Succeeded().Output.ShouldContain("PASS");
    }

    [Fact]
    public async Task What_the_reference_leaves_behind_passes_in_its_way_only_and_the_hint_says_so()
    {
        using var desk = new Desk();
        var sample = desk.CopyFixture("sample-vault");
        (await Provara.RunAsync("verify", sample, "--mode", "compatible")).Succeeded();
        (await Provara.RunAsync("verify", sample)).Failed().Output.ShouldContain("--mode compatible");
    }

    [Fact]
    public async Task A_changed_event_is_named_with_its_position()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync("door", "open");
        await desk.AppendAsync("mug", "full");
        desk.Tamper(log => log.Replace("\"open\"", "\"shut\"", StringComparison.Ordinal));
        var broken = (await desk.VerifyAsync("--json")).Failed().Json;
        broken["valid"]!.GetValue<bool>().ShouldBeFalse();
        broken["findings"]!.AsArray().ShouldContain(finding => finding!["position"] != null && finding["position"]!.GetValue<long>() == 2);
        (await desk.VerifyAsync()).Failed().Output.ShouldContain("FAIL");
    }

    [Fact]
    public async Task A_cut_tail_shows_against_a_head_that_was_kept()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        var last = await desk.AppendAsync();
        (await Provara.RunAsync("head", "sign", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At("head.json"))).Succeeded();
        (await desk.VerifyAsync("--head", desk.At("head.json"))).Succeeded();
        desk.Tamper(log => string.Join("", log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains($"\"event_id\":\"{last}\"", StringComparison.Ordinal)).Select(line => line + "\n")));
        (await desk.VerifyAsync("--head", desk.At("head.json"), "--json")).Failed().Json["findings"]!.AsArray()
            .ShouldContain(finding => finding!["rule"]!.ToString() == "head.truncated");
    }

    [Fact]
    public async Task Exchanged_keys_show_against_a_key_that_is_trusted()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("init", desk.At("other"), "--private-keys", desk.At("others.json"))).Succeeded();
        (await desk.VerifyAsync("--public-key", desk.At("notes", "identity", "keys.json"))).Succeeded();
        (await desk.VerifyAsync("--public-key", desk.At("other", "identity", "keys.json"))).Failed();
    }

    [Fact]
    public async Task Verifying_leaves_no_trace()
    {
        using var desk = new Desk();
        var sample = desk.CopyFixture("sample-vault-strict");
        var before = Directory.GetFileSystemEntries(desk.Path, "*", SearchOption.AllDirectories);
        (await Provara.RunAsync("verify", sample)).Succeeded();
        (await Provara.RunAsync("verify", sample)).Succeeded();
        Directory.GetFileSystemEntries(desk.Path, "*", SearchOption.AllDirectories).ShouldBe(before);
    }

    [Fact]
    public async Task A_place_without_a_vault_is_an_error_with_a_fix()
    {
        using var desk = new Desk();
        (await desk.VerifyAsync()).Failed().Error.ShouldContain("Fix: ");
        Directory.CreateDirectory(desk.Vault);
        (await desk.VerifyAsync()).Failed().Error.ShouldContain("ERROR: ");
        (await desk.VerifyAsync("--json")).Failed().Json["error"]!["fix"].ShouldNotBeNull();
    }
}
