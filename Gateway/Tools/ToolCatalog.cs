using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;
using Granary.Spelling;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools;

/// <summary>The tools that are on, in the order of their names: the same for every caller (tools/list is deterministic).</summary>
internal sealed class ToolCatalog
{
    private readonly FrozenDictionary<string, ToolEntry> _byName;

    /// <exception cref="InvalidOperationException">A definition is not what it must be; the message names the tool and the fix.</exception>
    public ToolCatalog(IEnumerable<ITool> tools, GatewayOptions options)
    {
        var entries = tools
            .Where(t => options.Selects(t.Categories))
            .Select(t => new ToolEntry(t))
            .OrderBy(e => e.Tool.Definition.Name, StringComparer.Ordinal)
            .ToList();
        if (entries.GroupBy(e => e.Tool.Definition.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two tools are named '{twice.Key}'.");
        foreach (var entry in entries)
            (entry.Tool.Definition.Meta ??= [])[OwnMetaKeys.Digest] = entry.Digest;
        Digests = [.. entries.Select(e => (e.Tool.Definition.Name, e.Digest))];
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Digests.Select(d => $"{d.Digest}  {d.Name}\n")))));
        Definitions = [.. entries.Select(e => e.Tool.Definition)];
        _byName = entries.ToFrozenDictionary(e => e.Tool.Definition.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Tool> Definitions { get; }

    /// <summary>Each tool's name with the hash of its definition, in the order of the names.</summary>
    public IReadOnlyList<(string Name, string Digest)> Digests { get; }

    /// <summary>The hash of all of them: of what <c>sha256sum</c> would print, a line for each tool.</summary>
    public string Digest { get; }

    /// <summary>What calling a tool takes at least; null for nothing.</summary>
    public CallTarget? TargetOf(Tool tool) => _byName[tool.Name].Target;

    /// <summary>The sentence about a tool that is not there.</summary>
    public string Unknown(string name) => $"Unknown tool: {NearestName.Shorten(name)}{NearestName.Hint(name, _byName.Keys)}";

    public bool TryGet(string name, [NotNullWhen(true)] out ToolEntry? entry) => _byName.TryGetValue(name, out entry);
}
