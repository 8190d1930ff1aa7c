using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Granary.Tenants;

/// <summary>
/// The name of a vault inside its tenant, as read from a client's <c>vault_path</c>. Whatever the path looks like
/// (<c>/app/vault</c>, <c>./vault</c>, <c>~/notes</c>, <c>team/notes</c>), it never names anything outside the tenant: a leading
/// <c>/</c>, <c>./</c> or <c>~/</c> is dropped, and what could climb out is refused.
/// </summary>
public readonly record struct VaultName
{
    /// <summary>The longest name, in UTF-8 bytes: its escaped form still fits a file name.</summary>
    public const int MaxBytes = 80;

    private readonly string? _value;

    private VaultName(string value) => _value = value;

    /// <summary>The name with <c>/</c> between its parts, for example <c>team/notes</c>.</summary>
    public string Value => _value ?? throw new InvalidOperationException("An uninitialised VaultName has no value.");

    /// <summary>Reads a client's path; <paramref name="problem"/> is a sentence that names the field.</summary>
    public static bool TryParse(string? path, out VaultName name, [NotNullWhen(false)] out string? problem)
    {
        name = default;
        if (string.IsNullOrEmpty(path))
        {
            problem = "vault_path is required: the name of a vault, for example \"team/notes\".";
            return false;
        }
        var parts = new List<string>();
        problem = Split(path, parts);
        if (problem is not null)
            return false;
        var value = string.Join('/', parts);
        if (Encoding.UTF8.GetByteCount(value) > MaxBytes)
        {
            problem = $"vault_path is too long: at most {MaxBytes} bytes of UTF-8.";
            return false;
        }
        name = new VaultName(value);
        return true;
    }

    /// <summary>Reads a name that must be right.</summary>
    /// <exception cref="FormatException">The path names no vault; the message says why.</exception>
    public static VaultName Parse(string path) => TryParse(path, out var name, out var problem) ? name : throw new FormatException(problem);

    /// <summary>
    /// The name as one portable file name: letters, digits, <c>-</c>, <c>_</c> and inner dots as they are, every other byte as
    /// <c>%XX</c>. Vaults lie beside each other, never one inside another.
    /// </summary>
    public string ToFileName()
    {
        var text = new StringBuilder(Value.Length + 8);
        foreach (var b in Encoding.UTF8.GetBytes(Value))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && text.Length > 0))
                text.Append(c);
            else
                text.Append('%').Append(b.ToString("X2"));
        }
        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToFileName"/> made; false for any other file name.</summary>
    public static bool TryReadFileName(string fileName, out VaultName name)
    {
        // Other spellings are no names of ours: a vault has one folder.
        var valid = TryParse(Uri.UnescapeDataString(fileName), out var read, out _) && read.ToFileName() == fileName;
        name = valid ? read : default;
        return valid;
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? "";

    private static string? Split(string path, List<string> parts)
    {
        foreach (var c in path)
        {
            if (c == '\0')
                return "vault_path contains a NUL character.";
            if (char.IsControl(c))
                return "vault_path contains a control character.";
            if (c is '\\' or ':')
                return $"vault_path contains '{c}'; separate its parts with '/'.";
        }
        if (!path.IsWellFormedUnicode())
            return "vault_path is not well-formed Unicode.";
        var raw = path.Split('/');
        for (var i = 0; i < raw.Length; i++)
        {
            var part = raw[i];
            if (part is "" or "." || (part == "~" && i == 0))
                continue;
            if (part == "..")
                return "vault_path contains '..'; a vault is named inside its tenant, for example \"team/notes\".";
            // Some file systems and shells read three dots and more as a way up too, or drop them.
            if (part.AsSpan().IndexOfAnyExcept('.') < 0)
                return "vault_path contains a part of dots only; a vault is named inside its tenant, for example \"team/notes\".";
            if (part[0] == '~' && i == 0)
                return "vault_path starts with '~user'; a vault is named inside its tenant, for example \"team/notes\".";
            if (VaultNameRules.Problem(part) is { } unsound)
                return $"vault_path {unsound}";
            parts.Add(part);
        }
        return parts.Count == 0 ? "vault_path names no vault; give it a name, for example \"team/notes\"." : null;
    }
}

file static class Unicode
{
    public static bool IsWellFormedUnicode(this string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }
        return true;
    }
}
