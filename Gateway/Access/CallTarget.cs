using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>What is called, as far as it is known yet: what is null may still be anything.</summary>
/// <param name="Family">What it is about.</param>
/// <param name="Needs">The one right that it takes.</param>
internal readonly record struct CallTarget(ScopeFamily Family, AccessRights Needs)
{
    /// <summary>The tool; null for what is no tool: a resource, a prompt, the HTTP API.</summary>
    public string? Tool { get; init; }

    /// <summary>The operation of the tool.</summary>
    public string? Operation { get; init; }

    /// <summary>The vault.</summary>
    public string? Vault { get; init; }

    /// <summary>The scope that is enough for it.</summary>
    public string Scope => $"{(Family == ScopeFamily.Vault ? "vault" : "instana")}:{ScopeRule.NameOf(Needs)}";

    /// <summary>What a scope names: <c>vault:read</c> is reading a vault.</summary>
    public static CallTarget Of(string scope) =>
        ScopeRule.TryParse(scope, isPolicy: false, out var rule, out _) && rule is { Family: ScopeFamily.Vault or ScopeFamily.Instana, Pattern: null }
            ? new CallTarget(rule.Family, rule.Right)
            : throw new InvalidOperationException($"'{scope}' is not the scope of a tool or a resource: vault: or instana: with read, append, write or admin.");
}

/// <summary>What a scope is about.</summary>
internal enum ScopeFamily
{
    /// <summary>Everything there is.</summary>
    All,

    /// <summary>Vaults.</summary>
    Vault,

    /// <summary>Instana backends.</summary>
    Instana,

    /// <summary>Tools by their names, whatever they are about.</summary>
    Tool,
}
