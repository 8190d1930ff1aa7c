using Granary.Cli.Tests.Support;
using Granary.Testing;
using Granary.Vault.Keys;
using Granary.Vault.Transparency;

namespace Granary.Cli.Tests.Commands;

public sealed class TlogTests
{
    private const string Origin = "log.example.org/acme/notes";
    private const string Tenant = "log.example.org/acme";

    [Fact]
    public async Task A_checkpoint_is_verified_with_the_log_s_key_and_against_the_vault()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        var key = await CheckpointAsync(desk, "c");
        await desk.AppendAsync();
        (await Provara.RunAsync("tlog", "verify", desk.At("c"), "--log", key, "--against", desk.Vault)).Succeeded().Output.ShouldContain("3 entries");
        (await Provara.RunAsync("tlog", "verify", desk.At("c"), "--log", key.Replace("notes+", "other+", StringComparison.Ordinal))).Failed();
        desk.Tamper(log => string.Join('\n', log.Split('\n').Take(2)) + "\n");
        (await Provara.RunAsync("tlog", "verify", desk.At("c"), "--log", key, "--against", desk.Vault)).Failed().Output.ShouldContain("cut");
        File.WriteAllText(desk.At("c"), File.ReadAllText(desk.At("c")).Replace("\n3\n", "\n2\n", StringComparison.Ordinal));
        (await Provara.RunAsync("tlog", "verify", desk.At("c"), "--log", key)).Failed().Output.ShouldContain("not signed");
    }

    [Fact]
    public async Task A_signed_head_turns_into_a_checkpoint_unless_the_log_has_changed()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("head", "sign", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At("h.json"))).Succeeded();
        await desk.AppendAsync();
        var key = await CheckpointAsync(desk, "c", "--head", desk.At("h.json"));
        (await Provara.RunAsync("tlog", "verify", desk.At("c"), "--log", key)).Succeeded().Output.ShouldContain("2 entries");
        (await Provara.RunAsync("init", desk.At("other"), "--private-keys", desk.At("others.json"))).Succeeded();
        (await Provara.RunAsync("tlog", "checkpoint", desk.At("other"), "--origin", Origin, "--keyfile", desk.At("others.json"), "--head", desk.At("h.json")))
            .Failed().Error.ShouldContain("does not begin with it");
        (await Provara.RunAsync("tlog", "checkpoint", desk.Vault, "--origin", "with space", "--keyfile", desk.Keys)).Failed(2);
    }

    [Fact]
    public async Task A_proof_turns_into_a_tlog_proof_and_back_without_a_key()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        var key = await CheckpointAsync(desk, "c");
        (await Provara.RunAsync("proof", "inclusion", desk.Vault, "--position", "2", "--keyfile", desk.Keys, "--out", desk.At("p.json"))).Succeeded();
        (await Provara.RunAsync("tlog", "convert", desk.At("p.json"))).Failed(2).Error.ShouldContain("--checkpoint");
        (await Provara.RunAsync("tlog", "convert", desk.At("p.json"), "--checkpoint", desk.At("c"), "--out", desk.At("p.tlog-proof"))).Succeeded();
        (await Provara.RunAsync("tlog", "verify", desk.At("p.tlog-proof"), "--log", key)).Succeeded().Output.ShouldContain("entry 2 of the 3");
        (await Provara.RunAsync("tlog", "convert", desk.At("p.tlog-proof"), "--out", desk.At("back.json"))).Succeeded();
        File.ReadAllText(desk.At("back.json")).ShouldBe(File.ReadAllText(desk.At("p.json")));
        await desk.AppendAsync();
        await CheckpointAsync(desk, "later");
        (await Provara.RunAsync("tlog", "convert", desk.At("p.json"), "--checkpoint", desk.At("later"))).Failed()
            .Error.ShouldContain("checkpoint of the proof's size");
        File.WriteAllText(desk.At("p.tlog-proof"), File.ReadAllText(desk.At("p.tlog-proof")).Replace("index 2", "index 1", StringComparison.Ordinal));
        (await Provara.RunAsync("tlog", "verify", desk.At("p.tlog-proof"), "--log", key)).Failed().Output.ShouldContain("FAIL");
    }

    [Fact]
    public async Task Verify_demands_the_witnesses_it_is_given()
    {
        using var desk = new Desk();
        using var key = SigningKey.Generate();
        using var absent = SigningKey.Generate();
        await desk.InitAsync();
        await desk.AppendAsync();
        await CheckpointAsync(desk, "c");
        var note = SignedNote.Read(File.ReadAllBytes(desk.At("c")));
        note = note.With(NoteSignature.Cosign(note.Text, "w.example", key, TimeProvider.System.GetUtcNow().AddHours(-3)));
        // Beside the vault, where verify looks by itself.
        File.WriteAllBytes(desk.At(".notes.checkpoint"), note.Write());
        var (witness, other) = (Vkey("w.example", key), Vkey("x.example", absent));
        (await desk.VerifyAsync("--witness", witness)).Succeeded().Output.ShouldContain("witnesses signed the checkpoint at 3 events");
        (await desk.VerifyAsync("--witness", witness, "--witness", other)).Failed().Output.ShouldContain("x.example did not sign");
        (await desk.VerifyAsync("--witness", witness, "--witness", other, "--witnesses-needed", "1")).Succeeded();
        (await desk.VerifyAsync("--witness", witness, "--witness-age", "2")).Failed().Output.ShouldContain("stale");
        (await desk.VerifyAsync("--witness", witness, "--checkpoint", desk.At("nosuch"))).Failed().Error.ShouldContain("missing");
        (await desk.VerifyAsync("--witness", "w.example")).Failed().Error.ShouldContain("NAME+ID+KEY");
        (await desk.VerifyAsync("--witness", witness, "--witnesses-needed", "2")).Failed(2);
        // A log that is shorter than what the witness saw; the vault alone would pass as it was then.
        await desk.AppendAsync();
        (await desk.VerifyAsync("--witness", witness)).Succeeded();
        desk.Tamper(log => string.Join('\n', log.Split('\n').Take(2)) + "\n");
        (await desk.VerifyAsync("--witness", witness)).Failed().Output.ShouldContain("The log was cut");
    }

    [Fact]
    public async Task Tlog_verify_demands_the_tenants_key_alone_or_beside_the_logs()
    {
        using var desk = new Desk();
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        await desk.InitAsync();
        await desk.AppendAsync();
        var log = await CheckpointAsync(desk, "c");
        var alone = SignedNote.Read(File.ReadAllBytes(desk.At("c")));
        File.WriteAllBytes(desk.At("both"), alone.With(NoteSignature.Sign(alone.Text, Tenant, key)).Write());
        var tenant = TenantKey(Tenant, key);
        (await VerifyAsync("both", "--tenant-key", tenant)).Succeeded().Output.ShouldContain($"3 entries of {Origin}");
        (await VerifyAsync("both", "--log", log, "--tenant-key", tenant, "--against", desk.Vault)).Succeeded();
        (await VerifyAsync("both", "--log", log)).Succeeded();
        // Missing, another one of the same name, another tenant's.
        (await VerifyAsync("c", "--log", log, "--tenant-key", tenant)).Failed().Output.ShouldContain("is not signed by the tenant log.example.org/acme");
        (await VerifyAsync("both", "--tenant-key", TenantKey(Tenant, other))).Failed().Output.ShouldContain("signed by another key of the name");
        var foreign = (await VerifyAsync("both", "--tenant-key", TenantKey("log.example.org/other", other))).Failed().Output;
        foreign.ShouldContain("which is no log of the tenant log.example.org/other");
        // A key that begins like the tenant's, and one for a part above it.
        foreach (var name in (string[])["log.example.org/ac", "log.example.org", $"{Origin}/x", Origin])
        {
            File.WriteAllBytes(desk.At("named"), alone.With(NoteSignature.Sign(alone.Text, name, key)).Write());
            (await VerifyAsync("named", "--tenant-key", TenantKey(name, key))).Failed().Output.ShouldContain("which is no log of the tenant");
        }
        var bytes = NoteSignature.Sign(alone.Text, Tenant, key).Bytes.ToArray();
        bytes[^1] ^= 1;
        var forged = alone.With(new NoteSignature(Tenant, bytes));
        File.WriteAllBytes(desk.At("forged"), forged.Write());
        (await VerifyAsync("forged", "--log", log, "--tenant-key", tenant)).Failed().Output.ShouldContain("is false");
        // Malformed, of a witness, none at all.
        (await VerifyAsync("both", "--tenant-key", "log.example.org/acme")).Failed().Error.ShouldContain("The tenant's key cannot be read. A verifier key is NAME+ID+KEY");
        (await VerifyAsync("both", "--tenant-key", tenant.Replace("acme+", "acmf+", StringComparison.Ordinal))).Failed().Error.ShouldContain("it was changed");
        (await VerifyAsync("both", "--tenant-key", Vkey("w.example", key))).Failed().Error.ShouldContain("--witness");
        (await VerifyAsync("both")).Failed(2).Error.ShouldContain("--tenant-key");

        Task<Printed> VerifyAsync(string file, params string[] more) => Provara.RunAsync(["tlog", "verify", desk.At(file), .. more]);
    }

    [Fact]
    public async Task Verify_demands_that_the_tenant_signed_for_this_vault()
    {
        using var desk = new Desk();
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        await desk.InitAsync();
        await desk.AppendAsync();
        await CheckpointAsync(desk, "c");
        var note = SignedNote.Read(File.ReadAllBytes(desk.At("c")));
        File.WriteAllBytes(desk.At(".notes.checkpoint"), note.With(NoteSignature.Sign(note.Text, Tenant, key)).Write());
        var tenant = TenantKey(Tenant, key);
        (await desk.VerifyAsync("--tenant-key", tenant)).Succeeded().Output.ShouldContain($"the tenant {Tenant} signed the checkpoint at 3 events of {Origin}");
        (await desk.VerifyAsync("--tenant-key", TenantKey(Tenant, other))).Failed().Output.ShouldContain("another key of the name");
        (await desk.VerifyAsync("--tenant-key", tenant, "--checkpoint", desk.At("c"))).Failed().Output.ShouldContain("not signed by the tenant");
        (await desk.VerifyAsync("--tenant-key", tenant, "--checkpoint", desk.At("nosuch"))).Failed().Error.ShouldContain("missing");
        (await desk.VerifyAsync("--tenant-key", "nonsense")).Failed().Error.ShouldContain("The tenant's key cannot be read");
        (await desk.VerifyAsync("--checkpoint", desk.At("c"))).Failed(2).Error.ShouldContain("--tenant-key");
        (await desk.VerifyAsync("--tenant-key", tenant, "--witness", Vkey("w.example", other))).Failed().Output.ShouldContain("w.example did not sign");
        // The tenant's word for a tree that this copy does not begin with.
        var foreign = new LogCheckpoint(Origin, 2, new string('0', 64)).Text;
        File.WriteAllBytes(desk.At("foreign"), new SignedNote(foreign, [NoteSignature.Sign(foreign, Tenant, key)]).Write());
        var refused = (await desk.VerifyAsync("--tenant-key", tenant, "--checkpoint", desk.At("foreign"))).Failed().Output;
        refused.ShouldContain("not signed by a key of the vault");
        refused.ShouldContain("The log was rewritten");
    }

    private static string TenantKey(string name, SigningKey key) => new NoteKey(name, NoteKeyKind.Log, key.PublicKey).ToString();

    private static string Vkey(string name, SigningKey key) => new NoteKey(name, NoteKeyKind.Witness, key.PublicKey).ToString();

    [GoFact]
    public async Task Exported_tiles_are_a_log_to_go_and_grow_with_the_vault()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        for (var round = 0; round < 2; round++)
        {
            await desk.AppendAsync();
            var exported = (await Provara.RunAsync(
                "tlog", "export", desk.Vault, "--origin", Origin, "--keyfile", desk.Keys, "--output", desk.At("public"), "--json")).Succeeded();
            var verdict = await GoTlog.RunAsync("log", exported.Json["verifier_key"]!.ToString(), desk.At("public"));
            verdict.Good.ShouldBeTrue(verdict.Problem);
            verdict.Lines[0].ShouldStartWith($"{3 + round} ");
        }
    }

    private static async Task<string> CheckpointAsync(Desk desk, string file, params string[] more)
    {
        var made = await Provara.RunAsync(
            ["tlog", "checkpoint", desk.Vault, "--origin", Origin, "--keyfile", desk.Keys, "--out", desk.At(file), "--json", .. more]);
        return made.Succeeded().Json["verifier_key"]!.ToString();
    }
}
