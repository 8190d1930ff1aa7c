using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>Every command of <c>provara</c> that takes <c>--gateway</c>, on a gateway that serves, over HTTP.</summary>
public sealed class ProvaraTests : IAsyncLifetime
{
    private readonly KeysFile _file = new();
    private RunningGateway _gateway = null!;
    private string _writer = "";
    private string _reader = "";

    public async Task InitializeAsync()
    {
        (_writer, _reader) = (_file.Add("acme", "vault:write"), _file.Add("acme", "vault:read"));
        _gateway = await RunningGateway.StartAsync(o => o with { ApiKeyFile = _file.Path });
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _file.Dispose();
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_vault_of_either_format_is_filled_read_proved_verified_and_backed_up(string format)
    {
        using var client = _gateway.NewClient(("X-API-Key", _writer));
        (await client.CallAsync("init_vault", $$"""{"vault_path":"team/notes","format":"{{format}}"}""")).Success();
        var born = format == "psmc" ? 0 : 2;

        var type = format == "psmc" ? "note" : "OBSERVATION";
        var appended = (await RunAsync(_writer, "append", "--type", type, "--data", """{"subject":"door","predicate":"is","value":"open"}""", "--json")).Succeeded().Json;
        var id = appended.GetProperty("event_id").GetString()!;
        (await RunAsync(_writer, "append", "--type", type, "--data", """{"subject":"lamp"}""")).Succeeded().Output.ShouldContain("Appended event");

        var status = (await RunAsync(_reader, "status", "--json")).Succeeded().Json;
        (status.GetProperty("format").GetString(), status.GetProperty("event_count").GetInt32()).ShouldBe((format, born + 2));
        (await RunAsync(_reader, "status")).Succeeded().Output.ShouldContain("team/notes");

        var found = (await RunAsync(_reader, "query", "--content-key", "subject", "--content-value", "door", "--json")).Succeeded().Json;
        found.GetArrayLength().ShouldBe(1);
        (await RunAsync(_reader, "query", "--type", type, "--limit", "1", "--format", "table")).Succeeded().Output.ShouldContain(type);

        (await RunAsync(_reader, "replay", "--json")).Succeeded().Json.GetProperty("metadata").GetProperty("event_count").GetInt32().ShouldBe(born + 2);

        var verified = await RunAsync(_reader, "verify");
        verified.Succeeded().Output.ShouldContain($"PASS: the gateway's verification of {born + 2} events");
        (await RunAsync(_reader, "verify", "--json", "--mode", "compatible")).Succeeded().Json.GetProperty("valid").GetBoolean().ShouldBeTrue();

        // What the gateway signs is checked without it, with its public key alone.
        var key = (await client.CallAsync("vault_status", """{"vault_path":"team/notes"}""")).Success().GetProperty("public_key").GetString()!;
        var (head, proof, grown) = (At("head.json"), At("proof.json"), At("grown.json"));
        (await RunAsync(_reader, "head sign", "--out", head)).Succeeded();
        (await ProvaraProcess.RunAsync("head", "verify", head, "--public-key", key)).Succeeded();
        (await RunAsync(_reader, "proof inclusion", "--event", id, "--out", proof)).Succeeded();
        (await ProvaraProcess.RunAsync("proof", "verify", proof, "--public-key", key)).Succeeded();
        (await RunAsync(_reader, "proof consistency", "--first", "1", "--out", grown)).Succeeded();

        var backup = (await RunAsync(_reader, "backup", "--to", At("backups"), "--json")).Succeeded().Json;
        (await ProvaraProcess.RunAsync("restore", backup.GetProperty("archive").GetString()!, "--to", At("restored"))).Succeeded();
        (await ProvaraProcess.RunAsync("verify", At("restored"), "--head", head, "--public-key", key)).Succeeded().Output.ShouldContain("PASS");
    }

    [Fact]
    public async Task What_goes_wrong_at_the_gateway_is_told_with_its_exit_code()
    {
        (await RunAsync(_reader, "status")).Ended(1).Error.ShouldContain("init_vault");
        (await RunAsync(_reader, "append", "--type", "note", "--data", "{}")).Ended(1).Error.ShouldContain("ERROR: ");
        (await RunAsync("grk_no.key", "verify")).Ended(1).Error.ShouldContain("--api-key");
        (await RunAsync(null, "verify")).Ended(1).Error.ShouldContain("PROVARA_API_KEY");
        (await RunAsync(_reader, "verify", "--json")).Ended(1).Json.GetProperty("error").GetProperty("fix").GetString().ShouldNotBeNullOrEmpty();
        (await RunAsync(_reader, "query")).Ended(1).Error.ShouldContain("team/notes");
        (await RunAsync(_reader, "verify", "--mode", "lenient")).Ended(2);
    }

    [Fact]
    public async Task A_vault_that_was_changed_behind_the_gateway_s_back_is_exit_code_1_with_the_finding()
    {
        using var client = _gateway.NewClient(("X-API-Key", _writer));
        (await client.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).Success();
        (await client.CallAsync("append_event", """{"vault_path":"team/notes","event_type":"note","data":{"text":"one"}}""")).Success();
        await _gateway.RestartAsync(() =>
        {
            var log = Path.Combine(_gateway.Data, "acme", "vaults", "team%2Fnotes", "events", "events.ndjson");
            File.WriteAllText(log, File.ReadAllText(log).Replace("\"one\"", "\"two\"", StringComparison.Ordinal));
        });
        var broken = await RunAsync(_reader, "verify");
        broken.Ended(1).Output.ShouldContain("FAIL");
        broken.Output.ShouldContain("hash");
    }

    /// <summary>Runs a command on the vault team/notes of the gateway.</summary>
    private Task<ProvaraRun> RunAsync(string? key, string command, params string[] args) => ProvaraProcess.RunAsync(
        [.. command.Split(' '), "team/notes", .. args, "--gateway", _gateway.Client.Root.ToString(), .. key is null ? (string[])[] : ["--api-key", key]]);

    private string At(string name) => Path.Combine(_gateway.Home, name);
}
