using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Fuzzing;

/// <summary>Changes a table of text, such as CSV, cell by cell.</summary>
internal static class DamagedTable
{
    private static readonly string[] s_cells =
    [
        "", " ", "nan", "NaN", "inf", "-Infinity", "1e39", "1e400", "-1", "0", "1", "0x10", "1,5", "1.5", "true", "2014-04-10 07:15:00", "9999-12-31 23:59:59.9999999", "0001-01-01T00:00:00+14:00",
        "10000-01-01", "\"", "\"\"", "\"a\nb\"", "\"a", "a\"b", "\0", "\u001b[31m", "\ufeff", "=1+1", "value", "\ud83d\ude00", "99999999999999999999999999999", new string('9', 400), new string('x', 400),
    ];

    /// <summary>Changes a cell or a line, or in one case of three the bytes as such.</summary>
    public static byte[] Change(byte[] sound, Random random)
    {
        if (random.Next(3) == 0)
            return Damage.Change(sound, random);
        List<string> lines = [.. Encoding.UTF8.GetString(sound).Split('\n')];
        int line = random.Next(lines.Count);
        string[] cells = lines[line].Split(',');
        switch (random.Next(6))
        {
            case 0:
                lines.RemoveAt(line);
                break;
            case 1:
                lines.Insert(line, lines[random.Next(lines.Count)]);
                break;
            case 2:
                lines[line] += "," + s_cells[random.Next(s_cells.Length)];
                break;
            default:
                cells[random.Next(cells.Length)] = s_cells[random.Next(s_cells.Length)];
                lines[line] = string.Join(',', cells);
                break;
        }
        return Encoding.UTF8.GetBytes(string.Join(random.Next(4) == 0 ? "\r\n" : "\n", lines));
    }

    /// <summary>Tables of any form below a header of known columns.</summary>
    public static Gen<string> Any(params string[] columns)
    {
        Gen<string> cell = Gen.Elements([.. s_cells, .. columns]);
        Gen<string> row = Gen.OneOf(Gen.ArrayOf(cell, columns.Length), Gen.ArrayOf(cell)).Select(cells => string.Join(',', cells));
        return Gen.ListOf(row).Select(rows => string.Join('\n', rows.Prepend(string.Join(',', columns))));
    }
}
