using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;
using Granary.Vault.Canonical;

namespace Granary.Gateway.Audit;

/// <summary>The record of one call while it runs.</summary>
internal sealed class AuditedCall(AuditTrail trail, TimeProvider time, Principal caller, IPAddress? address, string tool)
{
    private readonly DateTimeOffset _at = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();
    private string? _arguments;
    private string? _answer;

    /// <summary>Whether the caller wants to know where the record is.</summary>
    public bool WantsReceipt { get; init; }

    /// <summary>Whether the call may only run when its beginning is recorded.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The protocol by which it came: <c>mcp</c> or <c>api</c>.</summary>
    public string Via { get; init; } = "mcp";

    /// <summary>What the call was given.</summary>
    public void Given(ReadOnlySpan<byte> arguments) => _arguments = Digest(arguments.IsEmpty ? "{}"u8 : arguments);

    /// <summary>What it answered, where it may have changed something.</summary>
    public void Answered(ReadOnlySpan<byte> answer) => _answer = Digest(answer);

    /// <summary>Records that the call begins, where it may not run without.</summary>
    /// <exception cref="TenantException">That cannot be recorded, and the call must not run.</exception>
    public async ValueTask BeginAsync(CancellationToken cancellation)
    {
        if (!IsRequired)
            return;
        try
        {
            await trail.AddAsync(caller.Tenant, Line("begun", null), cancellation);
        }
        catch (TenantException e)
        {
            throw new TenantException(
                TenantFailure.StorageRefused, $"'{tool}' was not called: this server calls it only when that is recorded, and the audit vault cannot be written now. {e.Message}", TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Records how it ended.</summary>
    /// <returns>The receipt to hand to the caller who asked for it, otherwise null.</returns>
    public async ValueTask<JsonObject?> EndAsync(CallFacts facts, CancellationToken cancellation)
    {
        var line = Line(facts.End.Name(), facts);
        if (!WantsReceipt && !IsRequired)
        {
            trail.Add(caller.Tenant, new AuditEntry(line, null));
            return null;
        }
        try
        {
            var receipt = await trail.AddAsync(caller.Tenant, line, cancellation);
            return WantsReceipt ? await ReceiptAsync(receipt, cancellation) : null;
        }
        catch (Exception e) when (e is TenantException or OperationCanceledException)
        {
            // The call is done and is not undone by this; the line waits to be written.
            return WantsReceipt ? new JsonObject { ["error"] = $"The call is recorded later: {e.Message}" } : null;
        }
    }

    /// <summary>Records how it ended, where nobody waits for the record.</summary>
    public void End(CallFacts facts) => trail.Add(caller.Tenant, new AuditEntry(Line(facts.End.Name(), facts), null));

    private async Task<JsonObject> ReceiptAsync(AuditReceipt receipt, CancellationToken cancellation)
    {
        using var proven = await trail.ProveAsync(caller.Tenant, receipt, cancellation);
        var result = new JsonObject
        {
            ["vault"] = AuditVault.Name.Value,
            ["event_id"] = receipt.EventId,
            ["position"] = receipt.Position,
            ["hash"] = receipt.Hash,
            ["call"] = receipt.Index,
        };
        foreach (var member in proven.RootElement.EnumerateObject())
            result[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        return result;
    }

    private ReadOnlyMemory<byte> Line(string outcome, CallFacts? facts) => VaultJson.Write(json =>
    {
        json.WriteString("at", _at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("key", caller.Name);
        Optional(json, "address", ClientAddress.Text(address));
        json.WriteString("via", Via);
        json.WriteString("tool", tool);
        Optional(json, "operation", facts?.Operation);
        Optional(json, "vault", facts?.Vault);
        Optional(json, "arguments_sha256", _arguments);
        json.WriteString("outcome", outcome);
        if (facts is not null)
            json.WriteNumber("duration_us", (long)time.GetElapsedTime(_start).TotalMicroseconds);
        Optional(json, "answer_sha256", _answer);
        Optional(json, "trace", Activity.Current?.TraceId.ToHexString());
    });

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    /// <summary>The SHA-256 of JSON in canonical form; of the bytes as they are where there is no such form.</summary>
    private static string Digest(ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (CanonicalJson.IsCanonical(json))
        {
            SHA256.HashData(json, hash);
            return Convert.ToHexStringLower(hash);
        }
        try
        {
            using var canonical = new PooledBuffer(json.Length + 16);
            CanonicalJson.Write(json, canonical);
            SHA256.HashData(canonical.Written, hash);
        }
        catch (CanonicalJsonException)
        {
            SHA256.HashData(json, hash);
        }
        return Convert.ToHexStringLower(hash);
    }
}
