using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Granary.Tenants.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Tenants.Tests.Vaults.Operations;

/// <summary>Whatever is asked of valid vaults, in whatever order: it is refused with a sentence, or they are valid afterwards.</summary>
public sealed class ValidityTests
{
    private static readonly string[] Packs = ["alice", "bob", "twin"];
    private static readonly string[] All = [.. Packs, "notes"];

    [Property(MaxTest = 12, EndSize = 24)]
    public void No_sequence_of_operations_leaves_a_vault_that_does_not_verify_strictly(byte[] operations) => RunAsync(operations).GetAwaiter().GetResult();

    private static async Task RunAsync(byte[] operations)
    {
        await using var tenants = new TestTenants();
        await tenants["alice"].CreateAsync(new VaultCreation { Format = "backpack", Actor = "alice", Quorum = true }, default);
        await tenants["bob"].CreateAsync(new VaultCreation { Format = "backpack", Actor = "bob", Quorum = true }, default);
        // Of the same actor as another vault, and with one key only.
        await tenants["twin"].CreateAsync(new VaultCreation { Format = "backpack", Actor = "alice" }, default);
        await tenants["notes"].CreateAsync(default);
        var done = new List<string>();
        foreach (var operation in operations)
        {
            done.Add(await DoAsync(tenants, operation));
            foreach (var name in All)
            {
                var report = await tenants[name].VerifyAsync(null, default);
                report.Valid.ShouldBeTrue($"{name} after {string.Join(", ", done)}: {(report.Findings.Count > 0 ? report.Findings[0] : null)}");
            }
        }
        await tenants.Host.DisposeAsync();
        foreach (var name in All)
        {
            var folder = Path.Combine(tenants.Folder, "default", "vaults", name);
            var report = await VaultVerifier.RunFolderAsync(folder, new VerificationOptions(), null, default);
            report.Valid.ShouldBeTrue($"{name} at rest after {string.Join(", ", done)}: {(report.Findings.Count > 0 ? report.Findings[0] : null)}");
        }
    }

    private static async Task<string> DoAsync(TestTenants tenants, byte operation)
    {
        var (kind, name, other) = (operation % 13, Packs[operation / 13 % 3], Packs[(operation / 13 + 1 + operation / 39 % 2) % 3]);
        var what = $"{kind} {name} {other}";
        try
        {
            await DoAsync(tenants, kind, name, other);
            return what;
        }
        catch (TenantException refused)
        {
            refused.Failure.ShouldBe(TenantFailure.InvalidInput, refused.Message);
            refused.Message.ShouldEndWith(".");
            return $"{what} (refused)";
        }
    }

    private static async Task DoAsync(TestTenants tenants, int kind, string name, string other)
    {
        var vault = tenants[name];
        switch (kind)
        {
            case 0:
            case 1:
                await vault.AppendAsync(Observation(kind == 0 ? null : "shared"), default);
                break;
            case 2:
                await vault.AppendAsync(Observation(null) with { Encrypt = true }, default);
                break;
            case 3:
                await ImportAsync(tenants[other], vault, null, delta => delta);
                break;
            case 4:
                await ImportAsync(tenants[other], vault, await LastAsync(tenants[other]), delta => delta);
                break;
            case 5:
                await ImportAsync(tenants[other], vault, null, WithoutSignatures, strict: false);
                break;
            case 6:
                await ImportAsync(tenants[other], vault, null, WithoutItsFirstEvents, strict: false);
                break;
            case 7:
                await vault.RunAsync("rotate_key");
                break;
            case 8:
                var quorum = (await vault.RunAsync("vault_status")).TryGetProperty("quorum_key_id", out var id) ? id.GetString() : null;
                await vault.RunAsync("rotate_key", $$"""{"key_id":{{JsonSerializer.Serialize(quorum ?? "none")}}}""");
                break;
            case 9:
                await vault.RunAsync("redact_event", $$"""{"event_id":"{{await LastAsync(vault)}}","reason":"OTHER"}""");
                break;
            case 10:
                await vault.RunAsync("shred_event", $$"""{"event_id":"{{await LastAsync(vault)}}","reason":"OTHER"}""");
                break;
            case 11:
                await vault.RunAsync("checkpoint_vault");
                await tenants["notes"].RunAsync("rotate_key");
                await tenants["notes"].AppendAsync(new AppendEvent("migration", """{"action":"key_rotation","new_key_fingerprint":"bp1_0000000000000000"}"""u8.ToArray()), default);
                break;
            default:
                await tenants["notes"].AppendAsync(TestTenants.Note("""{"subject":"s","predicate":"p","statement":"x"}"""), default);
                await vault.RunAsync("seal_vault");
                break;
        }
    }

    private static AppendEvent Observation(string? actor) =>
        new("OBSERVATION", """{"subject":"s","predicate":"p","value":1,"confidence":0.4}"""u8.ToArray()) { Actor = actor };

    private static async Task<string> LastAsync(IVault vault) =>
        (await vault.RunAsync("list_events", """{"limit":1}""")).GetProperty("events").EnumerateArray().Last().GetProperty("event_id").GetString()!;

    private static async Task ImportAsync(IVault from, IVault into, string? since, Func<string[], string[]> change, bool strict = true)
    {
        var delta = await from.RunAsync("export_delta", since is null ? "{}" : $$"""{"since_hash":"{{since}}"}""");
        var lines = delta.GetProperty("delta").GetString()!.TrimEnd('\n').Split('\n');
        string[] changed = [.. change(lines[1..])];
        var header = JsonNode.Parse(lines[0])!;
        header["event_count"] = changed.Length;
        var keys = header["keys"]!.AsArray().Select(key => key!["key_id"]!.DeepClone()).ToArray();
        var arguments = new JsonObject
        {
            ["delta"] = string.Join('\n', [header.ToJsonString(), .. changed]) + "\n",
            ["trusted_keys"] = new JsonArray([.. keys]),
            ["strict"] = strict,
        };
        var answer = await into.RunAsync("import_delta", arguments.ToJsonString());
        if (!answer.GetProperty("success").GetBoolean())
            answer.GetProperty("errors").EnumerateArray().ShouldAllBe(error => error.GetString()!.EndsWith('.'));
    }

    private static string[] WithoutSignatures(string[] lines) => [.. lines.Select(line =>
    {
        var written = JsonNode.Parse(line)!.AsObject();
        written.Remove("sig");
        return Encoding.UTF8.GetString(Granary.Vault.Canonical.CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(written.ToJsonString())));
    })];

    private static string[] WithoutItsFirstEvents(string[] lines) => [.. lines.Skip(2)];
}
