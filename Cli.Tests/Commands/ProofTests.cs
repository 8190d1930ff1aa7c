using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class ProofTests
{
    [Fact]
    public async Task An_event_is_proved_to_a_third_party_with_the_public_key_alone()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var id = await desk.AppendAsync();
        await desk.AppendAsync();
        (await Provara.RunAsync("proof", "inclusion", desk.Vault, "--event", id, "--keyfile", desk.Keys, "--out", desk.At("p.json"))).Succeeded();
        var key = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(desk.At("notes", "identity", "keys.json")))!["keys"]![0]!["public_key_b64"]!.ToString();
        Directory.Delete(desk.Vault, recursive: true);
        (await Provara.RunAsync("proof", "verify", desk.At("p.json"), "--public-key", key)).Succeeded().Output.ShouldContain("position 2");
        File.WriteAllText(desk.At("p.json"), File.ReadAllText(desk.At("p.json")).Replace("open", "shut", StringComparison.Ordinal));
        (await Provara.RunAsync("proof", "verify", desk.At("p.json"), "--public-key", key)).Failed().Output.ShouldContain("FAIL");
    }

    [Fact]
    public async Task Another_s_key_does_not_vouch()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("init", desk.At("other"), "--private-keys", desk.At("others.json"))).Succeeded();
        (await Provara.RunAsync("proof", "inclusion", desk.Vault, "--position", "0", "--keyfile", desk.Keys, "--out", desk.At("p.json"))).Succeeded();
        (await Provara.RunAsync("proof", "verify", desk.At("p.json"), "--public-key", desk.At("other", "identity", "keys.json"))).Failed().Output.ShouldContain("not signed");
        (await Provara.RunAsync("proof", "verify", desk.At("p.json"), "--public-key", "not base64")).Failed().Error.ShouldContain("public key");
    }

    [Fact]
    public async Task Two_heads_are_joined_by_a_consistency_proof_unless_history_changed()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        await Sign("early.json");
        await desk.AppendAsync();
        await desk.AppendAsync();
        await Sign("late.json");
        (await Provara.RunAsync("proof", "consistency", desk.Vault, "--first", "3", "--out", desk.At("c.json"))).Succeeded();
        (await Check("early.json", "late.json")).Succeeded();
        (await Check("late.json", "early.json")).Failed();
        (await Provara.RunAsync("proof", "verify", desk.At("c.json"), "--public-key", desk.At("notes", "identity", "keys.json"))).Failed(2);
        (await Provara.RunAsync("proof", "consistency", desk.Vault, "--first", "9")).Failed().Error.ShouldContain("first");

        async Task Sign(string file) =>
            (await Provara.RunAsync("head", "sign", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At(file))).Succeeded();

        Task<Printed> Check(string earlier, string later) => Provara.RunAsync(
            "proof", "verify", desk.At("c.json"), "--public-key", desk.At("notes", "identity", "keys.json"), "--earlier", desk.At(earlier), "--later", desk.At(later));
    }

    [Fact]
    public async Task A_head_is_checked_against_the_log_it_was_signed_for()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        (await Provara.RunAsync("head", "sign", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At("h.json"))).Succeeded();
        await desk.AppendAsync();
        (await Against()).Succeeded();
        desk.Tamper(log => string.Join('\n', log.Split('\n').Take(2)) + "\n");
        (await Against()).Failed().Output.ShouldContain("cut");

        Task<Printed> Against() => Provara.RunAsync(
            "head", "verify", desk.At("h.json"), "--public-key", desk.At("notes", "identity", "keys.json"), "--against", desk.Vault);
    }

    [Fact]
    public async Task An_event_must_be_named_once_and_exist()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("proof", "inclusion", desk.Vault, "--keyfile", desk.Keys)).Failed(2);
        (await Provara.RunAsync("proof", "inclusion", desk.Vault, "--event", "evt_nope", "--keyfile", desk.Keys)).Failed().Error.ShouldContain("no such event");
        (await Provara.RunAsync("proof", "inclusion", desk.Vault, "--position", "99", "--keyfile", desk.Keys)).Failed().Error.ShouldContain("position");
    }
}
