using Granary.Tenants.Vaults;

namespace Granary.Tenants.Hosting;

/// <summary>
/// The vaults that an operator holds: nothing in them is redacted or shredded, whoever asks, and nothing of them is deleted from an archive. They are named by their tenant, or
/// by tenant and vault as a policy names vaults.
/// </summary>
public sealed class LegalHolds
{
    private const string Form = "TENANT, TENANT/VAULT or TENANT/BEGINNING*, for example acme or acme/team/*; * alone is every vault of every tenant";

    private readonly IReadOnlyList<Rule> _rules;

    private LegalHolds(IReadOnlyList<Rule> rules) => _rules = rules;

    /// <summary>Nothing is held.</summary>
    public static LegalHolds None { get; } = new([]);

    /// <summary>Reads what is held.</summary>
    /// <param name="names">Each a tenant, a tenant and a vault, or a tenant and what its vaults' names begin with.</param>
    /// <exception cref="FormatException">One of them can be no vault's name; the message says which, and what they look like.</exception>
    public static LegalHolds Parse(IEnumerable<string> names) => new([.. names.Select(Read)]);

    /// <summary>Whether a vault is held, whether it exists yet or not.</summary>
    public bool Covers(TenantId tenant, VaultName vault)
    {
        foreach (var rule in _rules)
        {
            if (rule.Covers(tenant, vault))
                return true;
        }
        return false;
    }

    /// <summary>The options of a vault's activation, which says there that it is held.</summary>
    public VaultActivationOptions Apply(VaultActivationOptions options, TenantId tenant, VaultName vault) =>
        Covers(tenant, vault) ? options with { IsHeld = true } : options;

    private static Rule Read(string text)
    {
        if (text == "*")
            return new Rule(null, "", IsBeginning: true);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TenantId.TryParse(slash < 0 ? text : text[..slash], out var tenant, out _))
            throw Wrong(text);
        var name = slash < 0 ? "*" : text[(slash + 1)..];
        var isBeginning = name.EndsWith('*');
        var stem = isBeginning ? name[..^1] : name;
        // A name that would be read as another one holds nothing. A beginning may end anywhere, so it is judged with a letter behind it.
        var whole = isBeginning ? stem + "x" : stem;
        return !stem.Contains('*', StringComparison.Ordinal) && VaultName.TryParse(whole, out var vault, out _) && vault.Value == whole
            ? new Rule(tenant, stem, isBeginning)
            : throw Wrong(text);
    }

    private static FormatException Wrong(string text) => new($"'{text}' names no vault: write {Form}.");

    private sealed record Rule(TenantId? Tenant, string Stem, bool IsBeginning)
    {
        public bool Covers(TenantId tenant, VaultName vault) =>
            (Tenant is null || Tenant == tenant) && (IsBeginning ? vault.Value.StartsWith(Stem, StringComparison.Ordinal) : vault.Value == Stem);
    }
}
