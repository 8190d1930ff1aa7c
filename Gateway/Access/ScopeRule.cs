using System.Diagnostics.CodeAnalysis;
using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>
/// One scope, or one line of a policy: <c>family:right</c>, or <c>family:pattern:right</c> with a name that may end in <c>*</c>. The pattern of
/// <c>vault</c> is a vault's name, that of <c>tool</c> a tool's, with an operation behind a slash where it is meant. In a policy the right may be <c>*</c>.
/// </summary>
/// <param name="Family">What it is about.</param>
/// <param name="Right">The right it names; all of them for <c>*</c>.</param>
/// <param name="Pattern">The vaults or tools that it is narrowed to; null for all.</param>
/// <param name="Operation">The operations of the tool; null for all.</param>
internal sealed record ScopeRule(ScopeFamily Family, AccessRights Right, string? Pattern, string? Operation)
{
    private const int MaxLength = 512;

    private const string Forms = "vault:read, vault:append, vault:write, vault:admin, instana:read, instana:write, vault:NAME:RIGHT such as vault:team/*:append, tool:NAME:RIGHT such as tool:manage_slo:read, or *";

    public static bool TryParse(string? text, bool isPolicy, [NotNullWhen(true)] out ScopeRule? rule, [NotNullWhen(false)] out string? problem)
    {
        rule = null;
        problem = null;
        if (text == "*")
        {
            rule = new ScopeRule(ScopeFamily.All, AccessRights.All, null, null);
            return true;
        }
        problem = Read(text ?? "", isPolicy, ref rule);
        return problem is null;
    }

    public static string NameOf(AccessRights right) => right switch
    {
        AccessRights.Read => "read",
        AccessRights.Append => "append",
        AccessRights.Write => "write",
        AccessRights.Admin => "admin",
        _ => "*",
    };

    /// <summary>What a right includes.</summary>
    public static AccessRights Including(AccessRights right) => right switch
    {
        AccessRights.Admin => AccessRights.All,
        AccessRights.Write => AccessRights.Write | AccessRights.Append | AccessRights.Read,
        _ => right,
    };

    /// <summary>Whether it grants a call; for what is not known yet, whether it grants some call of the kind.</summary>
    public bool Grants(in CallTarget call) => (Including(Right) & call.Needs) != 0 && Names(call, unknown: true);

    /// <summary>
    /// Whether it forbids a call: <c>read</c>, <c>append</c> and <c>admin</c> what takes just that right, <c>write</c> all that changes something, <c>*</c>
    /// everything. For what is not known yet, whether it forbids every call of the kind.
    /// </summary>
    public bool Forbids(in CallTarget call) =>
        ((Right == AccessRights.Write ? AccessRights.Append | AccessRights.Write | AccessRights.Admin : Right) & call.Needs) != 0 && Names(call, unknown: false);

    private bool Names(in CallTarget call, bool unknown) => Family switch
    {
        ScopeFamily.All => true,
        ScopeFamily.Tool => call.Tool is not null && Matches(Pattern, call.Tool, unknown) && Matches(Operation, call.Operation, unknown),
        _ => Family == call.Family && Matches(Pattern, call.Vault, unknown),
    };

    private static bool Matches(string? pattern, string? name, bool unknown)
    {
        if (pattern is null)
            return true;
        if (name is null)
            return unknown;
        return pattern.EndsWith('*') ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == name;
    }

    private static string? Read(string text, bool isPolicy, ref ScopeRule? rule)
    {
        var (first, last) = (text.IndexOf(':', StringComparison.Ordinal), text.LastIndexOf(':'));
        ScopeFamily? family = first < 0 ? null : text[..first] switch
        {
            "vault" => ScopeFamily.Vault,
            "instana" => ScopeFamily.Instana,
            "tool" => ScopeFamily.Tool,
            _ => null,
        };
        var right = text[(last + 1)..] switch
        {
            "read" => AccessRights.Read,
            "append" => AccessRights.Append,
            "write" => AccessRights.Write,
            "admin" => AccessRights.Admin,
            "*" when isPolicy => AccessRights.All,
            _ => AccessRights.None,
        };
        if (text.Length > MaxLength || family is null || right == AccessRights.None
            || (family == ScopeFamily.Instana && (first != last || right is AccessRights.Append or AccessRights.Admin)))
        {
            return $"'{Shorten(text)}' is none: they are {Forms}.";
        }
        var pattern = first == last ? null : text[(first + 1)..last];
        if (family == ScopeFamily.Tool)
        {
            var slash = pattern?.IndexOf('/', StringComparison.Ordinal) ?? -1;
            var (tool, operation) = slash < 0 ? (pattern, null) : (pattern![..slash], pattern[(slash + 1)..]);
            if (!IsToolPattern(tool) || (operation is not null && !IsToolPattern(operation)))
                return $"'{Shorten(text)}' names no tool: say tool:NAME:RIGHT or tool:NAME/OPERATION:RIGHT, with * at the end of a name for all that begin so.";
            rule = new ScopeRule(family.Value, right, tool, operation);
            return null;
        }
        if (pattern is not null && !IsVaultPattern(pattern))
            return $"'{Shorten(text)}' names no vault: say vault:NAME:RIGHT, with * at the end of the name for all that begin so.";
        rule = new ScopeRule(family.Value, right, pattern, null);
        return null;
    }

    private static bool IsToolPattern(string? name) =>
        name is { Length: > 0 } && name.TrimEnd('*').Length >= name.Length - 1 && name.TrimEnd('*').All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsVaultPattern(string name)
    {
        var stem = name.EndsWith('*') ? name[..^1] : name;
        // A stem may end anywhere, and so with a slash.
        return !stem.Contains('*', StringComparison.Ordinal) && (stem.Length == 0 ? name.Length > 0 : VaultName.TryParse(stem.TrimEnd('/'), out _, out _));
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
