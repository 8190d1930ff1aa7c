using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>A page of a tenant's vaults as it is asked for and answered, by the tool and by the HTTP API.</summary>
internal static class VaultPages
{
    /// <summary>Reads what to list; otherwise says what is wrong with it.</summary>
    public static bool TryRead(string? prefix, string? after, int limit, out VaultListing listing, [NotNullWhen(false)] out string? problem)
    {
        listing = new VaultListing { Limit = limit };
        problem = null;
        if (!string.IsNullOrEmpty(after))
        {
            if (!VaultArgument.TryRead("after", after, out var name, out var wrong))
            {
                problem = wrong!;
                return false;
            }
            listing = listing with { After = name };
        }
        // A prefix need not be a name; what a client puts before names is no part of them.
        var begins = prefix ?? "";
        foreach (var lead in (ReadOnlySpan<string>)["./", "~/", "/"])
        {
            if (begins.StartsWith(lead, StringComparison.Ordinal))
            {
                begins = begins[lead.Length..];
                break;
            }
        }
        listing = listing with { Prefix = begins };
        return true;
    }

    /// <summary>Writes the page's members.</summary>
    public static void Write(Utf8JsonWriter json, VaultPage page)
    {
        json.WriteStartArray("vaults");
        foreach (var vault in page.Vaults)
            json.WriteStringValue(vault.Value);
        json.WriteEndArray();
        json.WriteNumber("count", page.Vaults.Count);
        json.WriteString("next", page.Next?.Value);
    }
}
