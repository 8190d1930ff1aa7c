using System.Globalization;
using System.Text.Json;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;

namespace Granary.Gateway.Api;

/// <summary>What the API's requests do.</summary>
internal sealed class VaultApiCalls(ITenants tenants)
{
    private const string Observation = "OBSERVATION";

    /// <summary>The service's own namespace, which the format does not have: events in it go where their type belongs.</summary>
    private const string Managed = "managed";

    /// <summary>The confidence of who says nothing about it, as a decimal fraction: the format keeps how a number is written.</summary>
    private const string Certain = "1.0";

    /// <summary>Where a new vault's name stands: right after the two events of its birth.</summary>
    private const int NamePosition = 2;

    private static readonly ApiBody Creation = new("""
        {"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":256},"description":{"type":"string","maxLength":4096}},"required":["name"]}
        """);

    private static readonly ApiBody Event = new("""
        {"type":"object","properties":{
          "type":{"type":"string","minLength":1,"maxLength":128},"subject":{"type":"string","minLength":1,"maxLength":1024},
          "predicate":{"type":"string","minLength":1,"maxLength":1024},"value":{},"confidence":{"type":"number","minimum":0,"maximum":1},
          "namespace":{"type":"string","enum":["managed","canonical","local","contested","archived"]}
        },"required":["subject","value"]}
        """);

    public async Task<ApiAnswer> CreateAsync(VaultApiCall call)
    {
        var body = Creation.Read(call.Body);
        var id = Guid.NewGuid().ToString();
        var vault = Vault(call, id);
        var created = await vault.CreateAsync(new VaultCreation { Format = "backpack", Uid = id }, call.Cancellation);
        await vault.AppendAsync(new AppendEvent(Observation, NameOf(body)), call.Cancellation);
        return ApiAnswer.Ok(StatusCodes.Status201Created, json =>
        {
            json.WriteBoolean("success", true);
            json.WriteString("vault_id", id);
            json.WriteString("actor_id", created.KeyId);
            json.WriteString("genesis_hash", created.MerkleRoot);
        });
    }

    /// <summary>All of the tenant's vaults, a page at a time: <c>?prefix=…&amp;after=…&amp;limit=…</c>.</summary>
    public async Task<ApiAnswer> ListAsync(VaultApiCall call)
    {
        var limit = VaultListing.MaxLimit;
        if (call.Query("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > VaultListing.MaxLimit))
            throw new TenantException(TenantFailure.InvalidInput, $"limit is a number from 1 to {VaultListing.MaxLimit}.");
        if (!VaultPages.TryRead(call.Query("prefix"), call.Query("after"), limit, out var listing, out var problem))
            throw new TenantException(TenantFailure.InvalidInput, problem);
        var page = await tenants.ListVaultsAsync(call.Tenant, listing, call.Cancellation);
        return ApiAnswer.Ok(StatusCodes.Status200OK, json =>
        {
            json.WriteBoolean("success", true);
            VaultPages.Write(json, page with { Vaults = [.. page.Vaults.Where(vault => (call.RightsTo(vault) & AccessRights.Read) != 0)] });
        });
    }

    public async Task<ApiAnswer> AppendAsync(VaultApiCall call)
    {
        var vault = Find(call);
        var body = Event.Read(call.Body);
        var space = Text(body, "namespace") ?? Managed;
        var receipt = await vault.AppendAsync(
            new AppendEvent(Text(body, "type") ?? Observation, Payload(body))
            {
                Namespace = space == Managed ? null : space,
                IdempotencyKey = call.IdempotencyKey,
            },
            call.Cancellation);
        return ApiAnswer.Ok(StatusCodes.Status200OK, json =>
        {
            json.WriteBoolean("success", true);
            json.WriteString("event_id", receipt.EventId);
            json.WriteString("event_hash", receipt.Hash);
        });
    }

    public async Task<ApiAnswer> VerifyAsync(VaultApiCall call)
    {
        var vault = Find(call);
        var report = await vault.VerifyAsync(null, call.Cancellation);
        using var figures = await VaultJson.RunAsync(vault, "export_state", _ => { }, call.Cancellation);
        return ApiAnswer.Ok(StatusCodes.Status200OK, json =>
        {
            json.WriteBoolean("success", report.Valid);
            json.WriteString("status", Status(report));
            json.WriteNumber("event_count", report.EventCount);
            json.WriteString("state_hash", figures.RootElement.GetProperty("state_hash").GetString());
            json.WriteString("head", report.Head);
            json.WriteStartArray("findings");
            foreach (var finding in report.Findings)
                json.WriteStringValue($"{finding.Rule}: {finding.Reason}");
            json.WriteEndArray();
        });
    }

    public async Task<ApiAnswer> DescribeAsync(VaultApiCall call)
    {
        var vault = Find(call);
        using var status = await VaultJson.RunAsync(vault, "vault_status", _ => { }, call.Cancellation);
        using var named = await VaultJson.RunAsync(
            vault,
            "list_events",
            json =>
            {
                json.WriteNumber("offset", NamePosition);
                json.WriteNumber("limit", 1);
            },
            call.Cancellation);
        var (name, description) = ReadName(named.RootElement.GetProperty("events"));
        return ApiAnswer.Ok(StatusCodes.Status200OK, json =>
        {
            json.WriteBoolean("success", true);
            json.WriteString("vault_id", call.Id);
            json.WriteString("name", name);
            json.WriteString("description", description);
            foreach (var member in (ReadOnlySpan<string>)["format", "created", "key_id", "event_count", "head"])
            {
                json.WritePropertyName(member);
                status.RootElement.GetProperty(member).WriteTo(json);
            }
        });
    }

    private IVault Vault(VaultApiCall call, string id)
    {
        var name = VaultName.Parse(id);
        CallTrace.Current?.SetTag(CallTrace.Vault, name.Value);
        return tenants.Vault(call.Tenant, name, call.RightsTo(name));
    }

    private IVault Find(VaultApiCall call) => Guid.TryParseExact(call.Id, "D", out var id)
        ? Vault(call, id.ToString())
        : throw new TenantException(TenantFailure.InvalidInput, "A vault's id is a UUID, as /api/v1/vaults/create returned it.");

    /// <summary>What was changed is compromised; what is merely not as it should be is invalid.</summary>
    private static string Status(VerificationReport report)
    {
        if (report.Valid)
            return "valid";
        return report.Findings.Any(f => f.Rule.Contains("sig", StringComparison.Ordinal) || f.Rule.Contains("hash", StringComparison.Ordinal)
            || f.Rule.Contains("chain", StringComparison.Ordinal) || f.Rule.Contains("head", StringComparison.Ordinal))
            ? "compromised"
            : "invalid";
    }

    private static ReadOnlyMemory<byte> NameOf(JsonElement body) => VaultJson.Write(json =>
    {
        json.WriteString("subject", "vault");
        json.WriteString("predicate", "name");
        json.WriteString("value", Text(body, "name"));
        json.WritePropertyName("confidence");
        json.WriteRawValue(Certain);
        if (Text(body, "description") is { } description)
            json.WriteString("description", description);
    });

    private static (string? Name, string? Description) ReadName(JsonElement events) =>
        events.GetArrayLength() == 1 && events[0].ValueKind == JsonValueKind.Object && events[0].TryGetProperty("payload", out var payload)
        && payload.ValueKind == JsonValueKind.Object && Text(payload, "subject") == "vault" && Text(payload, "predicate") == "name"
            ? (Text(payload, "value"), Text(payload, "description"))
            : (null, null);

    private static ReadOnlyMemory<byte> Payload(JsonElement body) => VaultJson.Write(json =>
    {
        json.WriteString("subject", Text(body, "subject"));
        json.WriteString("predicate", Text(body, "predicate") ?? "observation");
        json.WritePropertyName("value");
        body.GetProperty("value").WriteTo(json);
        json.WritePropertyName("confidence");
        if (body.TryGetProperty("confidence", out var confidence))
            confidence.WriteTo(json);
        else
            json.WriteRawValue(Certain);
    });

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
