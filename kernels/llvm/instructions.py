"""LLVM's names of types and instructions, by the kinds and operations of emitters."""

REAL = {"float64": "double", "float32": "float"}
TYPES = {"double": "double", "bool": "i1", "int": "i64", "wide": "i64"}  # of values; a real's is the dtype's
STORED = TYPES | {"bool": "i8", "count": "i32", "flag": "i8"}  # of elements in memory
SIZES = {"double": 8, "float": 4, "i64": 8, "i32": 4, "i8": 1}
SUFFIX = {"double": "f64", "float": "f32"}
# Instructions on numbers and on whole numbers (and truth values)
INSTRUCTIONS = {
    "add": ("fadd nsz", "add nsw"),
    "sub": ("fsub nsz", "sub nsw"),
    "mul": ("fmul nsz", "mul nsw"),
    "div": ("fdiv nsz", ""),
    "quotient": ("", "sdiv"),
    "remainder": ("", "srem"),
    "and": ("", "and"),
    "or": ("", "or"),
    "xor": ("", "xor"),
    "shl": ("", "shl"),
    "shr": ("", "ashr"),
    "ushr": ("", "lshr"),
    "lt": ("fcmp olt", "icmp slt"),
    "le": ("fcmp ole", "icmp sle"),
    "gt": ("fcmp ogt", "icmp sgt"),
    "ge": ("fcmp oge", "icmp sge"),
    "eq": ("fcmp oeq", "icmp eq"),
    "ne": ("fcmp une", "icmp ne"),
}
INTRINSICS = ("ceil", "floor", "sqrt", "pow")
