using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;
using Granary.Testing;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Evidence.Timestamps;
using Granary.Vault.Proofs;

namespace Granary.Cli.Tests.Commands;

public sealed class EvidenceTests
{
    private static readonly string Hash = new('a', 64);

    [Fact]
    public async Task Statements_and_receipts_are_recorded_and_exported_with_proofs()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var statement = await Provara.RunAsync(
            "scitt", "statement", desk.Vault, "--keyfile", desk.Keys, "--statement-hash", Hash, "--content-type", "text/plain", "--subject", "s", "--issuer", "i", "--json");
        var id = statement.Succeeded().Json["event_id"]!.ToString();
        foreach (var proof in (string[])["""{"leaf":1}""", "just text"])
        {
            (await Provara.RunAsync(
                "scitt", "receipt", desk.Vault, "--keyfile", desk.Keys, "--statement-event-id", id, "--transparency-service", "log.example", "--inclusion-proof", proof)).Succeeded();
        }
        desk.Event(4)["payload"]!["inclusion_proof"]!.ToString().ShouldBe("just text");
        (await Provara.RunAsync("export", desk.Vault, "--output", desk.At("scitt"))).Succeeded();
        var index = JsonNode.Parse(File.ReadAllText(desk.At("scitt", "index.json")))!;
        index["statements"]!.AsArray().ShouldHaveSingleItem()!["event_id"]!.ToString().ShouldBe(id);
        (await Provara.RunAsync("export", desk.Vault, "--output", desk.At("scitt"))).Failed().Error.ShouldContain("exists already");
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task A_forensic_bundle_verifies_by_itself_and_holds_no_private_key()
    {
        using var desk = new Desk();
        (await Provara.RunAsync("init", desk.Vault)).Succeeded();
        (await Provara.RunAsync("forensic-export", desk.Vault, "--output", desk.At("case"))).Succeeded();
        Directory.GetFiles(desk.At("case"), "*private*", SearchOption.AllDirectories).ShouldBeEmpty();
        (await Provara.RunAsync("verify", desk.At("case"))).Succeeded();
    }

    [Theory]
    [InlineData("timestamp", "--tsa")]
    [InlineData("timestamp-event", "--tsa-url")]
    public async Task Nobody_is_asked_for_a_timestamp_unless_named(string command, string option)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        string[] line = command == "timestamp" ? [command, desk.Vault, "--keyfile", desk.Keys] : [command, desk.Vault, desk.Event(0)["event_id"]!.ToString(), "--keyfile", desk.Keys];
        (await Provara.RunAsync(line)).Failed().Error.ShouldContain(option);
        (await Provara.RunAsync([.. line, option, "http://127.0.0.1:9/tsr"])).Failed().Error.ShouldContain("ERROR: ");
        (await Provara.RunAsync([.. line, option, "ftp://x"])).Failed(2);
        desk.EventLines().Length.ShouldBe(2);
    }

    [Fact]
    public async Task An_event_is_appended_and_timestamped_by_the_authority_that_is_named()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        string[] line = ["append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.Keys, "--json"];
        (await Provara.RunAsync([.. line, "--tsa-url", "http://tsa.example"])).Failed(2).Error.ShouldContain("--timestamp");
        (await Provara.RunAsync([.. line, "--timestamp"])).Failed().Output.ShouldContain("--tsa-url");
        (await Provara.RunAsync([.. line, "--timestamp", "--tsa-url", "ftp://x"])).Failed(2);
        desk.EventLines().Length.ShouldBe(2);

        using var authority = new TestAuthority();
        var appended = await Provara.RunAsync(
            host => host with { Http = () => new AuthorityOverHttp(authority) }, [.. line, "--timestamp", "--tsa-url", "http://tsa.example/tsr"]);
        var id = appended.Succeeded().Json["event_id"]!.ToString();
        appended.Json["timestamp_token"]!.ToString().ShouldBe($"timestamps/{id}.tst");
        var checks = (await Provara.RunAsync("verify-timestamps", desk.Vault, "--json")).Succeeded().Json["timestamps"]!.AsArray();
        checks.ShouldHaveSingleItem()!["event_id"]!.ToString().ShouldBe(id);
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task An_event_without_its_timestamp_is_in_the_vault_and_the_user_is_told_not_to_repeat_it()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var failed = await Provara.RunAsync(
            "append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.Keys, "--timestamp", "--tsa-url", "http://127.0.0.1:9/tsr");
        failed.Failed().Error.ShouldContain($"Event {desk.Event(2)["event_id"]} was appended and has no timestamp");
        failed.Error.ShouldContain("provara timestamp-event");
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task An_event_is_timestamped_without_a_key_and_its_vault_stays_strictly_valid()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var id = await desk.AppendAsync();
        using var authority = new TestAuthority();
        var stamped = await Provara.RunAsync(
            host => host with { Http = () => new AuthorityOverHttp(authority) },
            ["timestamp-event", desk.Vault, id, "--tsa-url", "http://tsa.example/tsr", "--json"]);
        File.Exists(stamped.Succeeded().Json["token"]!.ToString()).ShouldBeTrue();
        (await desk.VerifyAsync()).Succeeded();
        var checks = (await Provara.RunAsync("verify-timestamps", desk.Vault, "--json")).Succeeded().Json["timestamps"]!.AsArray();
        checks.ShouldHaveSingleItem()!["event_id"]!.ToString().ShouldBe(id);
    }

    [Fact]
    public async Task A_vault_is_held_against_what_authorities_stamped_of_it()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync();
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority();
        await File.WriteAllTextAsync(desk.At("tsa.pem"), authority.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(desk.At("stranger.pem"), stranger.Certificate.ExportCertificatePem());
        (await Provara.RunAsync("head", "sign", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At("head.json"))).Succeeded();
        var head = SignedHead.Read(await File.ReadAllBytesAsync(desk.At("head.json")));
        var token = await TimestampToken.RequestAsync(authority, Convert.FromHexString(head.Root), default);
        var stamps = desk.At(".notes.stamps.json");
        await File.WriteAllBytesAsync(stamps, HeadStamps.Write([new HeadStamp(HeadStamp.Rfc3161, "http://tsa.example/", head.Count, head.Root, TestAuthority.Time, token.Encode())]));
        (await desk.VerifyAsync()).Succeeded().Output.ShouldContain("1 stamp(s) from outside since 2026-01-05");
        (await desk.VerifyAsync("--stamps", stamps, "--trust", desk.At("tsa.pem"))).Succeeded().Output.ShouldNotContain("no authority's certificate");
        (await desk.VerifyAsync("--trust", desk.At("stranger.pem"))).Failed().Output.ShouldContain("not of a trusted authority");
        // The same log begun anew, and signed again by its owner.
        Directory.Delete(desk.Vault, recursive: true);
        File.Delete(desk.Keys);
        await desk.InitAsync();
        await desk.AppendAsync();
        (await desk.VerifyAsync()).Failed().Output.ShouldContain("head.stamp-rewritten");
        File.Delete(stamps);
        (await desk.VerifyAsync("--trust", desk.At("tsa.pem"))).Failed(2).Error.ShouldContain("--stamps");
    }

    [Fact]
    public async Task An_entry_of_Rekor_is_held_against_the_keys_in_the_file_of_trust()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("head", "sign", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At("head.json"))).Succeeded();
        var head = SignedHead.Read(await File.ReadAllBytesAsync(desk.At("head.json")));
        await using var log = await TestRekor.StartAsync();
        await using var stranger = await TestRekor.StartAsync();
        using var authority = new TestAuthority();
        using var client = new HttpClient();
        var stamper = new RekorStamper(client, log.Address, null, TimeProvider.System);
        await File.WriteAllBytesAsync(desk.At(".notes.stamps.json"), HeadStamps.Write(
            [new HeadStamp(stamper.Kind, stamper.Authority, head.Count, head.Root, TestAuthority.Time, await stamper.StampAsync(Convert.FromHexString(head.Root), default))]));
        var certificate = authority.Certificate.ExportCertificatePem();
        (await desk.VerifyAsync()).Succeeded().Output.ShouldContain("1 of them in a Rekor log since");
        (await TrustingAsync($"{certificate}\n{log.PublicKey}\n")).Succeeded().Output.ShouldNotContain("no log's key");
        (await TrustingAsync(certificate)).Succeeded().Output.ShouldContain("no log's key was given to trust");
        (await TrustingAsync(stranger.PublicKey)).Failed().Output.ShouldContain("not one of those to trust");
        (await TrustingAsync("nothing")).Failed(2).Error.ShouldContain("neither a certificate nor a public key");
        (await TrustingAsync("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")).Failed(2).Error.ShouldContain("P-256");
        (await TrustingAsync("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")).Failed(2).Error.ShouldContain("certificate");

        async Task<Printed> TrustingAsync(string pem)
        {
            await File.WriteAllTextAsync(desk.At("trust.pem"), pem);
            return await desk.VerifyAsync("--trust", desk.At("trust.pem"));
        }
    }

    [Fact]
    public async Task A_proof_of_OpenTimestamps_is_held_against_the_block_that_is_given()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("head", "sign", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At("head.json"))).Succeeded();
        var head = SignedHead.Read(await File.ReadAllBytesAsync(desk.At("head.json")));
        var proof = OpenTimestampsProof.Of(Convert.FromHexString(head.Root), Convert.FromHexString("08000588960d73d7190103f7ef15"));
        var merkle = proof.Ends.Single().MerkleRoot;
        await File.WriteAllBytesAsync(
            desk.At(".notes.stamps.json"),
            HeadStamps.Write([new HeadStamp(HeadStamp.OpenTimestamps, "https://calendar.example/", head.Count, head.Root, TestAuthority.Time, proof.Write())]));
        (await desk.VerifyAsync()).Succeeded().Output.ShouldContain($"Bitcoin block 358391 (if its Merkle root is {merkle}");
        (await desk.VerifyAsync("--block", $"358391={merkle}")).Succeeded().Output.ShouldContain("as given");
        (await desk.VerifyAsync("--block", $"358391={new string('a', 64)}")).Failed().Output.ShouldContain("another Merkle root");
        (await desk.VerifyAsync("--block", "358391")).Failed(2).Error.ShouldContain("HEIGHT=ROOT");
    }

    [Fact]
    public async Task A_token_that_is_none_is_named()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("verify-timestamps", desk.Vault)).Succeeded().Output.ShouldContain("no timestamps");
        Directory.CreateDirectory(desk.At("notes", "timestamps"));
        var id = desk.Event(0)["event_id"]!.ToString();
        await File.WriteAllTextAsync(desk.At("notes", "timestamps", id + ".tst"), "nonsense");
        (await Provara.RunAsync("verify-timestamps", desk.Vault, "--json")).Failed().Json["timestamps"]!.AsArray().ShouldHaveSingleItem()!["event_id"]!.ToString().ShouldBe(id);
    }

    [Fact]
    public async Task Anchors_are_checked_for_their_shape()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("verify-anchor", desk.Vault)).Succeeded().Output.ShouldContain("no anchors");
        await File.WriteAllTextAsync(desk.At("a.json"), "{}");
        (await Provara.RunAsync("verify-anchor", desk.Vault, "--anchor", desk.At("a.json"))).Failed().Output.ShouldContain("merkle_root");
    }

    private sealed class AuthorityOverHttp(TestAuthority authority) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            return new HttpResponseMessage { Content = new ByteArrayContent(await authority.AskAsync(asked, cancellationToken)) };
        }
    }
}
