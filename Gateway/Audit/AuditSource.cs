using System.Text.Json;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using Granary.Gateway.Tools.Vaults;

namespace Granary.Gateway.Audit;

/// <summary>What this gateway writes into audit vaults: its own name, the tools that it serves, and calls.</summary>
internal sealed class AuditSource
{
    /// <summary>The type of an event with calls.</summary>
    public const string CallsType = "tool_calls";

    /// <summary>The type of an event with the hashes of all definitions.</summary>
    public const string ToolsType = "tool_definitions";

    private readonly string _gateway = $"{Environment.MachineName}/{Environment.ProcessId}";
    private readonly string _digest;

    public AuditSource(ToolCatalog catalog)
    {
        _digest = catalog.Digest;
        Tools = VaultJson.Write(json =>
        {
            json.WriteString("version", ServerIdentity.Version);
            json.WriteString("sha256", catalog.Digest);
            json.WriteStartObject("tools");
            foreach (var (name, digest) in catalog.Digests)
                json.WriteString(name, digest);
            json.WriteEndObject();
        });
    }

    /// <summary>The content of an event that tells the tools' definitions.</summary>
    public ReadOnlyMemory<byte> Tools { get; }

    /// <summary>Whether an event of <see cref="ToolsType"/> tells the same tools as this gateway serves.</summary>
    public bool IsSameTools(ReadOnlyMemory<byte> stored)
    {
        using var document = JsonDocument.Parse(stored);
        return document.RootElement.TryGetProperty("data", out var data) && data.TryGetProperty("sha256", out var digest) && digest.ValueEquals(_digest);
    }

    /// <summary>The content of an event with calls.</summary>
    public ReadOnlyMemory<byte> Calls(IReadOnlyList<AuditEntry> lines, long lost) => VaultJson.Write(json =>
    {
        json.WriteString("gateway", _gateway);
        json.WriteString("version", ServerIdentity.Version);
        if (lost > 0)
            json.WriteNumber("lost", lost);
        json.WriteStartArray("calls");
        foreach (var line in lines)
            json.WriteRawValue(line.Json.Span, skipInputValidation: true);
        json.WriteEndArray();
    });
}
