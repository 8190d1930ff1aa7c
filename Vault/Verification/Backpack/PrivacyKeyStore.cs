using System.Buffers.Binary;

namespace Granary.Vault.Verification.Backpack;

/// <summary>
/// The reference's store of data keys, an SQLite file (specification 3.10), as far as one question goes: whether its table of keys has a row. Only what
/// is surely empty counts as empty.
/// </summary>
internal static class PrivacyKeyStore
{
    public const string Name = "identity/privacy_keys.db";

    private const int FileHeader = 100;
    private const byte LeafTable = 0x0d;

    /// <summary>Whether the file holds no key.</summary>
    public static bool HoldsNoKey(ReadOnlyMemory<byte>? content)
    {
        if (content is not { } file)
            return false;
        if (file.IsEmpty)
            return true;
        try
        {
            return IsEmpty(file.Span);
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private static bool IsEmpty(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith("SQLite format 3\0"u8))
            return false;
        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(file[16..18]);
        if (pageSize is < 512 || file.Length % pageSize != 0)
            return false;
        // Pages that were freed may still say what was deleted.
        if (BinaryPrimitives.ReadInt32BigEndian(file[36..40]) != 0)
            return false;
        // The first page lists the tables and indexes; every table in it must be a leaf without cells.
        var schema = file[FileHeader..pageSize];
        if (schema[0] != LeafTable)
            return false;
        int cells = BinaryPrimitives.ReadUInt16BigEndian(schema[3..5]);
        for (var i = 0; i < cells; i++)
        {
            int at = BinaryPrimitives.ReadUInt16BigEndian(schema.Slice(8 + (2 * i), 2));
            if (RootOf(file[at..pageSize]) is not { } root || root < 1)
                return false;
            var page = file.Slice((root - 1) * pageSize, pageSize);
            if (page[0] is not (LeafTable or 0x0a) || BinaryPrimitives.ReadUInt16BigEndian(page[3..5]) != 0)
                return false;
        }
        return true;
    }

    /// <summary>The root page that a row of the schema names: its fourth column, behind type, name and table name.</summary>
    private static int? RootOf(ReadOnlySpan<byte> cell)
    {
        ReadVarint(ref cell);
        ReadVarint(ref cell);
        var record = cell;
        var headerLength = (int)ReadVarint(ref cell);
        var body = headerLength;
        for (var column = 0; column < 3; column++)
        {
            var text = ReadVarint(ref cell);
            if (text < 13 || text % 2 == 0)
                return null;
            body += (int)((text - 13) / 2);
        }
        return ReadVarint(ref cell) switch
        {
            1 => record[body],
            2 => BinaryPrimitives.ReadInt16BigEndian(record.Slice(body, 2)),
            4 => BinaryPrimitives.ReadInt32BigEndian(record.Slice(body, 4)),
            9 => 1,
            _ => null,
        };
    }

    private static long ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        for (var i = 0; i < 8; i++)
        {
            var one = bytes[0];
            bytes = bytes[1..];
            value = (value << 7) | (byte)(one & 0x7f);
            if (one < 0x80)
                return value;
        }
        throw new ArgumentOutOfRangeException(nameof(bytes));
    }
}
